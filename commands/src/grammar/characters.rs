//! Which characters are dress and not word.

/// Shows nothing: direction marks, joiners, byte-order marks, variation selectors, soft hyphens.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Shows nothing and is not needed to draw what stands beside it, as joiners and variation selectors are.
pub(super) fn is_noise(c: char) -> bool {
    let draws = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    (is_invisible(c) && !draws) || (c.is_control() && !c.is_whitespace())
}

/// A blank within a line.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() && c != '\n'
}

/// A picture: what agents put before a keyword. Skin tones are part of it.
pub(super) fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}

/// A colon, also the full-width and the small one.
pub(super) fn is_colon(c: char) -> bool {
    matches!(c, ':' | '\u{ff1a}' | '\u{fe55}')
}

/// A hyphen or a dash of any length.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// A quotation mark or a backtick.
pub(super) fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '`'
            | '\u{ab}'
            | '\u{bb}'
            | '\u{2018}'..='\u{201f}'
            | '\u{2039}'
            | '\u{203a}'
            | '\u{300c}'..='\u{300f}'
            | '\u{ff02}'
    )
}

/// The quotation marks that close what this one opens.
pub(super) fn closing(open: char) -> Option<&'static [char]> {
    Some(match open {
        '"' => &['"'],
        '\'' => &['\''],
        '`' => &['`'],
        '\u{201c}' | '\u{201f}' => &['\u{201d}', '"'],
        '\u{201d}' => &['\u{201d}'],
        '\u{201e}' => &['\u{201c}', '\u{201d}', '"'],
        '\u{2018}' | '\u{201b}' => &['\u{2019}', '\''],
        '\u{2019}' => &['\u{2019}'],
        '\u{201a}' => &['\u{2018}', '\u{2019}'],
        '\u{ab}' => &['\u{bb}'],
        '\u{bb}' => &['\u{ab}', '\u{bb}'],
        '\u{2039}' => &['\u{203a}'],
        '\u{203a}' => &['\u{2039}', '\u{203a}'],
        '\u{300c}' => &['\u{300d}'],
        '\u{300e}' => &['\u{300f}'],
        '\u{ff02}' => &['\u{ff02}'],
        _ => return None,
    })
}

/// Ends a sentence or a clause.
pub(super) fn is_stop(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '\u{2026}'
            | '\u{3002}'
            | '\u{3001}'
            | '\u{ff01}'
            | '\u{ff0c}'
            | '\u{ff1a}'
            | '\u{ff1b}'
            | '\u{ff1f}'
    )
}

/// Printable ASCII with single blanks between its words. Without a way out of the loops, many bytes are looked at at
/// once.
pub(crate) fn is_one_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    let odd = bytes.iter().fold(0, |odd, byte| odd | u8::from(!(b' '..0x7f).contains(byte)));
    let blanks = |pair: (&u8, &u8)| u8::from(*pair.0 == b' ') & u8::from(*pair.1 == b' ');
    let wide = bytes.iter().zip(bytes.iter().skip(1)).fold(0, |wide, pair| wide | blanks(pair));
    let blank = |end: Option<&u8>| end.is_none_or(|byte| *byte == b' ');
    odd | wide == 0 && !blank(bytes.first()) && !blank(bytes.last())
}
