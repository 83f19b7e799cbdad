//! A QR code in a terminal: two modules a character, dark on light whatever the terminal's colours are.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// Black on white, and back.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const PLAIN: &str = "\x1b[0m";

/// The lines of a code; none where the text does not fit into one.
pub fn drawn(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let drawing = code.render::<Dense1x2>().dark_color(Dense1x2::Dark).light_color(Dense1x2::Light).build();
    let parts = drawing.lines().flat_map(|line| [BLACK_ON_WHITE, line, PLAIN, "\n"]);
    Some(parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_drawn_dark_on_light_with_a_margin() {
        let drawing = drawn("tg://login?token=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA").unwrap();
        let lines: Vec<_> = drawing.lines().collect();
        let inner: Vec<&str> = lines
            .iter()
            .map(|line| line.strip_prefix(BLACK_ON_WHITE).and_then(|line| line.strip_suffix(PLAIN)).unwrap())
            .collect();
        let wide = inner[0].chars().count();
        assert!(inner.iter().all(|line| line.chars().count() == wide));
        assert!(inner[0].chars().all(|module| module == ' '), "the margin is light");
        // The top of the finder in the corner: seven dark modules above a frame.
        let finder: String = inner[2].chars().skip(4).take(7).collect();
        assert_eq!(finder, "█▀▀▀▀▀█");
        assert!(drawn(&"x".repeat(8_000)).is_none());
    }
}
