//! Where each function begins and ends.

use std::sync::LazyLock;

use regex::Regex;

static HEAD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bfn\s+(\w+)").expect("a valid pattern"));

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`, from 1.
    pub line: usize,
    /// How many lines it takes, its signature included.
    pub lines: usize,
}

/// Every function in code without literals, nested ones too.
pub fn functions(code: &str) -> Vec<Function> {
    let line = |offset: usize| code[..offset].matches('\n').count() + 1;
    let function = |head: regex::Captures<'_>| {
        let start = head.get(0)?.start();
        let end = item_end(code, start)?;
        let (line, last) = (line(start), line(end));
        code[start..end].contains('{').then(|| Function {
            name: head[1].to_owned(),
            line,
            lines: last - line + 1,
        })
    };
    HEAD.captures_iter(code).filter_map(function).collect()
}

/// Where the item that begins at `start` ends: past its body's brace or its semicolon.
pub fn item_end(code: &str, start: usize) -> Option<usize> {
    let (mut nested, mut braces) = (0_i32, 0_i32);
    for (at, each) in code[start..].char_indices() {
        match each {
            '(' | '[' => nested += 1,
            ')' | ']' => nested -= 1,
            '{' => braces += 1,
            '}' => braces -= 1,
            _ => {}
        }
        let ended = matches!(each, '}' | ';') && braces == 0 && nested == 0;
        if ended {
            return Some(start + at + 1);
        }
    }
    None
}

#[test]
fn a_function_reaches_to_its_closing_brace() {
    let code =
        "trait T { fn a(&self, x: [u8; 4]) -> [u8; 4]; }\nfn b(\n) {\n    if x { }\n    fn c() {}\n}\n";
    let found: Vec<_> = functions(code).into_iter().map(|each| (each.name, each.line, each.lines)).collect();
    assert_eq!(found, [("b".to_owned(), 2, 5), ("c".to_owned(), 5, 1)]);
}
