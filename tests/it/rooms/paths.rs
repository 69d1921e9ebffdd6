//! The paths that a source names, groups unfolded, `super` and `self` resolved: `use crate::{a::B, c}` is `crate::a::B` and `crate::c`.

use super::lexer::{Placed, Token};

/// A path as it is seen from the crate's root: the first segment is `crate` or what stands for another crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

/// Every path in `tokens` of the file whose module is `module` (`["http", "problem"]`).
pub(super) fn paths(tokens: &[Placed<'_>], module: &[&str]) -> Vec<Named> {
    let mut reader = Reader {
        tokens,
        at: 0,
        module: module.iter().map(|&name| name.to_owned()).collect(),
        braces: Vec::new(),
        found: Vec::new(),
    };
    reader.read();
    reader.found
}

/// A single word is a crate only in a `use`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    InUse,
    InCode,
}

struct Reader<'a> {
    tokens: &'a [Placed<'a>],
    at: usize,
    module: Vec<String>,
    /// For each open brace whether it opened a module.
    braces: Vec<bool>,
    found: Vec<Named>,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(token) = self.peek(0) {
            match token {
                Token::Word("mod") if self.peek(2) == Some(Token::Sign('{')) => {
                    if let Some(Token::Word(name)) = self.peek(1) {
                        self.module.push(name.to_owned());
                    }
                    self.braces.push(true);
                    self.at += 3;
                }
                Token::Sign('{') => {
                    self.braces.push(false);
                    self.at += 1;
                }
                Token::Sign('}') => {
                    if self.braces.pop() == Some(true) {
                        self.module.pop();
                    }
                    self.at += 1;
                }
                Token::Word("use") => {
                    self.at += 1;
                    if self.peek(0) == Some(Token::Colons) {
                        self.at += 1;
                    }
                    self.path(Vec::new(), Stands::InUse);
                }
                Token::Word(_) => self.path(Vec::new(), Stands::InCode),
                Token::Colons | Token::Sign(_) => self.at += 1,
            }
        }
    }

    /// Reads on from a word, or inside a group; `before` is what stands in front of the group.
    fn path(&mut self, before: Vec<String>, stands: Stands) {
        let mut segments = before;
        let line = self.tokens.get(self.at).map_or(0, |placed| placed.line);
        while let Some(token) = self.peek(0) {
            match token {
                Token::Word(word) => segments.push(word.to_owned()),
                Token::Sign('*') => segments.push("*".to_owned()),
                Token::Sign('{') => return self.group(&segments),
                Token::Colons | Token::Sign(_) => break,
            }
            self.at += 1;
            if self.peek(0) != Some(Token::Colons) {
                break;
            }
            self.at += 1;
        }
        if segments.len() == 1 && stands == Stands::InCode {
            return;
        }
        let segments = self.resolved(segments);
        self.found.push(Named { segments, line });
    }

    fn group(&mut self, before: &[String]) {
        self.at += 1;
        while let Some(token) = self.peek(0) {
            match token {
                Token::Sign('}') => {
                    self.at += 1;
                    return;
                }
                Token::Word("as") => self.at += 2,
                Token::Word(_) | Token::Sign('*' | '{') => {
                    self.path(before.to_vec(), Stands::InUse);
                }
                Token::Colons | Token::Sign(_) => self.at += 1,
            }
        }
    }

    /// `super::x` in `http::problem` is `crate::http::x`; `self` is the module itself.
    fn resolved(&self, segments: Vec<String>) -> Vec<String> {
        let ups = segments.iter().take_while(|s| *s == "super").count();
        let is_here = segments.first().is_some_and(|s| s == "self");
        if ups == 0 && !is_here {
            return segments;
        }
        let kept = self.module.len().saturating_sub(ups);
        let below = segments.into_iter().skip(ups.max(1));
        std::iter::once("crate".to_owned())
            .chain(self.module[..kept].iter().cloned())
            .chain(below)
            .collect()
    }

    fn peek(&self, ahead: usize) -> Option<Token<'_>> {
        self.tokens.get(self.at + ahead).map(|placed| placed.token)
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::tokens;
    use super::*;

    fn named(text: &str, module: &[&str]) -> Vec<String> {
        paths(&tokens(text), module)
            .into_iter()
            .map(|named| named.segments.join("::"))
            .filter(|path| path.contains("::"))
            .collect()
    }

    #[test]
    fn groups_are_unfolded_and_relative_paths_resolved() {
        for (text, module, expected) in [
            ("use crate::a::B;", vec!["x"], vec!["crate::a::B"]),
            (
                "use crate::{a::{B, c as d}, self, e::*};",
                vec!["x"],
                vec!["crate::a::B", "crate::a::c", "crate::self", "crate::e::*"],
            ),
            ("use super::b;", vec!["x", "y"], vec!["crate::x::b"]),
            ("use super::super::b;", vec!["x", "y"], vec!["crate::b"]),
            ("use self::b::C;", vec!["x"], vec!["crate::x::b::C"]),
            (
                "mod t { use super::super::b; } fn f() { super::c() }",
                vec!["x"],
                vec!["crate::b", "crate::c"],
            ),
            (
                "let x: Vec<crate::a::B> = crate::c::d::<u8>();",
                vec!["x"],
                vec!["crate::a::B", "crate::c::d"],
            ),
            (
                "use {std::env, std::fs};",
                vec!["x"],
                vec!["std::env", "std::fs"],
            ),
            (
                "use ::std::{io, env};",
                vec!["x"],
                vec!["std::io", "std::env"],
            ),
            ("$crate::a::b!()", vec!["x"], vec!["crate::a::b"]),
            ("pub(in crate::a) fn f() {}", vec!["x"], vec!["crate::a"]),
        ] {
            assert_eq!(named(text, &module), expected, "{text}");
        }
    }
}
