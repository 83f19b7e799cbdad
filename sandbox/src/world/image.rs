//! What a picture's first bytes say: its kind and its size. Only that is read; pixels are nobody's business here.

/// A picture's kind and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// The media type.
    pub mime: &'static str,
    /// The usual end of its name.
    pub ending: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Width and height together, in pixels; Telegram takes no bigger photo.
const SIDES_LIMIT: u32 = 10_000;
/// How much longer one side may be than the other.
const RATIO_LIMIT: u32 = 20;

/// Reads the beginning of a PNG, JPEG, GIF or WebP; `None` for what is none, or no photo for Telegram.
pub(super) fn read(bytes: &[u8]) -> Option<Picture> {
    let picture = png(bytes).or_else(|| gif(bytes)).or_else(|| webp(bytes)).or_else(|| jpeg(bytes))?;
    let (short, long) = (picture.width.min(picture.height), picture.width.max(picture.height));
    let fits = short > 0 && short.saturating_add(long) <= SIDES_LIMIT && long / short <= RATIO_LIMIT;
    fits.then_some(picture)
}

fn png(bytes: &[u8]) -> Option<Picture> {
    let rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let size = rest.get(4..)?.strip_prefix(b"IHDR")?;
    let number = |at: usize| size.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    Some(Picture { mime: "image/png", ending: "png", width: number(0)?, height: number(4)? })
}

fn gif(bytes: &[u8]) -> Option<Picture> {
    let size = bytes.strip_prefix(b"GIF87a").or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    Some(Picture {
        mime: "image/gif",
        ending: "gif",
        width: little(size, 0, 2)?,
        height: little(size, 2, 2)?,
    })
}

fn webp(bytes: &[u8]) -> Option<Picture> {
    let chunk = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WEBP")?;
    let (width, height) = match chunk.get(..4)? {
        b"VP8 " => (little(chunk, 14, 2)? & 0x3fff, little(chunk, 16, 2)? & 0x3fff),
        b"VP8L" => {
            let bits = little(chunk, 9, 4)?;
            ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
        }
        b"VP8X" => (little(chunk, 12, 3)? + 1, little(chunk, 15, 3)? + 1),
        _ => return None,
    };
    Some(Picture { mime: "image/webp", ending: "webp", width, height })
}

/// The size stands in the first frame header, behind segments of any length.
fn jpeg(bytes: &[u8]) -> Option<Picture> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let (marker, after) = rest.strip_prefix(b"\xff")?.split_first()?;
        let big = |at: usize| after.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes).map(u32::from);
        match marker {
            // A fill byte.
            0xff => rest = &rest[1..],
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some(Picture { mime: "image/jpeg", ending: "jpg", height: big(3)?, width: big(5)? });
            }
            _ => rest = after.get(usize::try_from(big(0)?).ok()?..)?,
        }
    }
}

/// `length` bytes from `at`, the lowest first.
fn little(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + length)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(bytes: &[u8]) -> Option<(&'static str, u32, u32)> {
        read(bytes).map(|picture| (picture.mime, picture.width, picture.height))
    }

    #[test]
    fn four_kinds_say_how_big_they_are() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x40\0\0\0\xf0\x08\x02";
        assert_eq!(size(png), Some(("image/png", 320, 240)));
        assert_eq!(size(b"GIF89a\x03\0\x02\0\xf0"), Some(("image/gif", 3, 2)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc0\0\x11\x08\0\xf0\x01\x40\x03";
        assert_eq!(size(jpeg), Some(("image/jpeg", 320, 240)));
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a\x40\x01\xf0\0";
        assert_eq!(size(lossy), Some(("image/webp", 320, 240)));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc1\x3b\0";
        assert_eq!(size(lossless), Some(("image/webp", 320, 240)));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0";
        assert_eq!(size(extended), Some(("image/webp", 320, 240)));
    }

    #[test]
    fn what_is_no_photo_is_none() {
        for bytes in [
            &b""[..],
            b"text",
            b"\xff\xd8",
            b"\xff\xd8\xff\xe0\0\x00",
            b"GIF89a\0\0\0\0",
            b"\x89PNG\r\n\x1a\n",
        ] {
            assert_eq!(size(bytes), None, "{bytes:?}");
        }
        assert_eq!(size(b"GIF89a\x01\0\x15\0"), None, "too slim");
        assert_eq!(size(b"GIF89a\x88\x13\x89\x13"), None, "too big");
    }
}
