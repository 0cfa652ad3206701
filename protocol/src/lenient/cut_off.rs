//! JSON that was cut off, or that one bad value makes unreadable for a strict parser.

use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value};

/// Lists and objects inside each other; what is deeper is not looked at. Frames need four.
const DEPTH_MAX: usize = 32;
/// Longest number or word outside quotes, in characters. A longer one is kept as a text of its beginning and so noted
/// as broken: without its last digits it is another number.
const WORD_CHARS_MAX: usize = 40;

/// Reads as much of a JSON object or list as is there. `None` if none begins there.
///
/// An open text ends where it was cut. A number or word that the cut may have shortened becomes null: half a
/// longitude is another place. What no parser takes (`NaN`, `1e999`, `'x'`) becomes the text of itself, so that the
/// field is noted as broken; half of a surrogate pair becomes U+FFFD; an escape that does not exist stands for itself.
#[must_use]
pub fn close_truncated(json: &str) -> Option<Value> {
    let mut reader = Reader { chars: json.trim_start_matches('\u{feff}').chars().peekable() };
    reader.space();
    match reader.chars.peek() {
        Some('{' | '[') => Some(reader.value(0)),
        _ => None,
    }
}

struct Reader<'a> {
    chars: Peekable<Chars<'a>>,
}

impl Reader<'_> {
    fn space(&mut self) {
        while self.chars.next_if(|c| c.is_whitespace()).is_some() {}
    }

    fn value(&mut self, depth: usize) -> Value {
        self.space();
        match self.chars.peek() {
            Some('{' | '[') if depth >= DEPTH_MAX => {
                self.chars = "".chars().peekable();
                Value::Null
            }
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"') => Value::String(self.text()),
            Some(_) => self.word(),
            None => Value::Null,
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        self.chars.next();
        let mut map = Map::new();
        loop {
            self.space();
            match self.chars.peek() {
                None | Some(']') => return Value::Object(map),
                Some('}') => {
                    self.chars.next();
                    return Value::Object(map);
                }
                Some('"') => {
                    let name = self.text();
                    self.space();
                    let value = match self.chars.next_if_eq(&':') {
                        Some(_) => self.value(depth + 1),
                        None => Value::Null,
                    };
                    map.insert(name, value);
                }
                Some(_) => drop(self.chars.next()),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Value {
        self.chars.next();
        let mut list = Vec::new();
        loop {
            self.space();
            match self.chars.peek() {
                None | Some('}') => return Value::Array(list),
                Some(']') => {
                    self.chars.next();
                    return Value::Array(list);
                }
                Some(',' | ':') => drop(self.chars.next()),
                Some(_) => list.push(self.value(depth + 1)),
            }
        }
    }

    fn text(&mut self) -> String {
        self.chars.next();
        let mut text = String::new();
        while let Some(c) = self.chars.next() {
            match c {
                '"' => break,
                '\\' => text.extend(self.escape()),
                c => text.push(c),
            }
        }
        text
    }

    /// What follows a backslash; none if it was cut off.
    fn escape(&mut self) -> Option<char> {
        Some(match self.chars.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => return self.unicode(),
            c => c,
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        let mut ahead = Self { chars: self.chars.clone() };
        let second = match first {
            0xd800..0xdc00 if ahead.chars.next() == Some('\\') && ahead.chars.next() == Some('u') => {
                ahead.hex()
            }
            _ => None,
        };
        let Some(second @ 0xdc00..0xe000) = second else {
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        };
        self.chars = ahead.chars;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn hex(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + self.chars.next_if(char::is_ascii_hexdigit)?.to_digit(16)?;
        }
        Some(code)
    }

    fn word(&mut self) -> Value {
        let mut word = String::new();
        let ends = |c: &char| matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"') || c.is_whitespace();
        let mut length = 0;
        while let Some(c) = self.chars.next_if(|c| !ends(c)) {
            length += 1;
            if length <= WORD_CHARS_MAX {
                word.push(c);
            }
        }
        match self.chars.peek() {
            None => Value::Null,
            // Nothing was there at all: the member has no value.
            Some(_) if word.is_empty() => Value::Null,
            Some(_) if length > WORD_CHARS_MAX => Value::String(word),
            Some(_) => serde_json::from_str(&word).unwrap_or(Value::String(word)),
        }
    }
}
