//! Rust text to the few tokens that paths are made of; comments, strings and characters are left out.

/// What paths and modules are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    /// `::`
    Colons,
    /// Any other sign.
    Sign(char),
}

/// A token and the line it stands in, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed<'a> {
    pub(super) token: Token<'a>,
    pub(super) line: usize,
}

pub(super) fn tokens(text: &str) -> Vec<Placed<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (token, length) = next(rest, first);
        if let Some(token) = token {
            found.push(Placed { token, line });
        }
        let (taken, after) = rest.split_at(length);
        line += taken.matches('\n').count();
        rest = after;
    }
    found
}

/// The token at the start of `rest`, if it is one that counts, and how many bytes it takes.
fn next(rest: &str, first: char) -> (Option<Token<'_>>, usize) {
    if let Some(length) = left_out(rest) {
        return (None, length);
    }
    if is_word(first) {
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        return (Some(Token::Word(&rest[..length])), length);
    }
    if rest.starts_with("::") {
        return (Some(Token::Colons), 2);
    }
    let sign = (!first.is_whitespace()).then_some(Token::Sign(first));
    (sign, first.len_utf8())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Length of the comment or literal at the start of `rest`.
fn left_out(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    let unprefixed = rest.trim_start_matches(['b', 'c']);
    let prefix = rest.len() - unprefixed.len();
    if prefix <= 1 {
        let literal = raw_string(unprefixed)
            .or_else(|| unprefixed.starts_with('"').then(|| quoted(unprefixed, '"')))
            .or_else(|| character(unprefixed));
        return literal.map(|length| prefix + length);
    }
    None
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// `r"..."`, `r##"..."##`; `r#word` is none.
fn raw_string(rest: &str) -> Option<usize> {
    let after_r = rest.strip_prefix('r')?;
    let body = after_r.trim_start_matches('#');
    let hashes = after_r.len() - body.len();
    let inside = body.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = rest.len() - inside.len();
    Some(
        inside
            .find(&end)
            .map_or(rest.len(), |at| start + at + end.len()),
    )
}

/// Up to and with the closing `quote`.
fn quoted(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// `'x'`, `'\n'`; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let mut chars = inside.chars();
    match chars.next()? {
        '\\' => Some(quoted(rest, '\'')),
        first => (chars.next() == Some('\'')).then(|| first.len_utf8() + 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text)
            .into_iter()
            .filter_map(|placed| match placed.token {
                Token::Word(word) => Some(word),
                Token::Colons | Token::Sign(_) => None,
            })
            .collect()
    }

    #[test]
    fn comments_strings_and_characters_are_left_out() {
        for (text, expected) in [
            ("a // b\nc", vec!["a", "c"]),
            ("a /* b /* c */ d */ e", vec!["a", "e"]),
            (r#"a "b \" c" d"#, vec!["a", "d"]),
            (r##"a r"b\" c"##, vec!["a", "c"]),
            (r###"a r#"b " c"# d"###, vec!["a", "d"]),
            (r#"a b"x" br"y" c"z" d"#, vec!["a", "d"]),
            (r"a 'b' '\'' '\u{62}' b'c' d", vec!["a", "d"]),
            (
                "fn f<'a>(x: &'a str)",
                vec!["fn", "f", "a", "x", "a", "str"],
            ),
            ("bc::d b c", vec!["bc", "d", "b", "c"]),
            ("'é' é", vec!["é"]),
            ("a \"open", vec!["a"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_token_knows_its_line() {
        let lines: Vec<_> = tokens("a\n/* b\n */ \"\n\" c::d")
            .iter()
            .map(|placed| placed.line)
            .collect();
        assert_eq!(lines, [1, 4, 4, 4]);
    }
}
