//! What may be in the words of people, made fit to be printed.

use serde_json::Value;

/// A word longer than this is given places where a line may end inside it.
const WORD_CHARS_MAX: usize = 22;
/// Every so many characters.
const BREAK_EVERY: usize = 11;
/// Stands for a character that no font here has.
const MISSING: char = '□';

/// Makes every text of `value` fit to be printed, and counts the characters that no font has: `is_known` tells of one.
pub(crate) fn fit(value: &mut Value, is_known: &impl Fn(char) -> bool) -> u64 {
    match value {
        Value::String(text) => {
            let (fitted, missing) = fit_text(text, is_known);
            *text = fitted;
            missing
        }
        Value::Array(items) => items.iter_mut().map(|item| fit(item, is_known)).sum(),
        Value::Object(fields) => {
            // Not words: `svg` is a drawing, `value` of a hash must be copied as it stands.
            let is_hash = fields.get("kind").is_some_and(|kind| kind == "hash");
            let mut missing = 0;
            for (name, value) in fields.iter_mut() {
                if name != "svg" && name != "below" && !(is_hash && name == "value") {
                    missing += fit(value, is_known);
                }
            }
            missing
        }
        _ => 0,
    }
}

fn fit_text(text: &str, is_known: &impl Fn(char) -> bool) -> (String, u64) {
    let (mut fitted, mut missing, mut run) = (String::with_capacity(text.len()), 0, 0);
    for character in text.chars() {
        match character {
            '\n' => fitted.push('\n'),
            '\t' => fitted.push(' '),
            // They would reorder the words of others, or cannot be seen.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => {}
            control if control.is_control() => {}
            known if is_known(known) || is_invisible(known) => fitted.push(known),
            _ => {
                missing += 1;
                fitted.push(MISSING);
            }
        }
        run = if character.is_whitespace() && character != '\u{a0}' { 0 } else { run + 1 };
        if run > WORD_CHARS_MAX && run % BREAK_EVERY == 0 {
            fitted.push('\u{200b}');
        }
    }
    (fitted, missing)
}

const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}' | '\u{a0}' | '\u{2028}' | '\u{2029}')
}

/// At most `max` characters, with a mark where something was cut off.
pub(crate) fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The first half and the last half of `max` items, and how many are left out between them.
pub(crate) fn ends<T>(mut items: Vec<T>, max: usize) -> (Vec<T>, Option<(usize, usize)>) {
    if items.len() <= max {
        return (items, None);
    }
    let (head, out) = (max / 2, items.len() - max);
    items.drain(head..head + out);
    (items, Some((head, out)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(text: &str) -> (String, u64) {
        fit_text(text, &|character| !('\u{4e00}'..='\u{9fff}').contains(&character))
    }

    #[test]
    fn what_no_font_has_is_marked_and_counted() {
        assert_eq!(fitted("Lan 林小姐"), ("Lan □□□".to_owned(), 3));
    }

    #[test]
    fn nobody_reorders_the_words_of_others() {
        assert_eq!(fitted("a\u{202e}b\u{2066}c\u{0}d\u{1b}"), ("abcd".to_owned(), 0));
    }

    #[test]
    fn long_words_may_be_broken_and_others_are_left_alone() {
        assert_eq!(fitted("một hai ba").0, "một hai ba");
        let long = "a".repeat(100);
        let (broken, _) = fitted(&long);
        assert_eq!(broken.replace('\u{200b}', ""), long);
        assert!(broken.split('\u{200b}').all(|piece| piece.chars().count() <= 33), "{broken}");
    }

    #[test]
    fn the_middle_is_left_out() {
        assert_eq!(ends(vec![1, 2, 3, 4, 5], 2), (vec![1, 5], Some((1, 3))));
        assert_eq!(ends(vec![1, 2], 2), (vec![1, 2], None));
        assert_eq!(cut("đườngdài", 3), "đườ…");
    }
}
