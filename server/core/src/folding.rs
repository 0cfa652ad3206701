//! Words without their marks, so that "Nguyen" finds "Nguyễn" and the other way round.

use std::sync::LazyLock;

/// A letter, and the lower-case letters that count as it.
const LETTERS: [(char, &str); 9] = [
    ('a', "àáảãạăằắẳẵặâầấẩẫậäåā"),
    ('c', "çč"),
    ('d', "đ"),
    ('e', "èéẻẽẹêềếểễệëē"),
    ('i', "ìíỉĩịïī"),
    ('n', "ñ"),
    ('o', "òóỏõọôồốổỗộơờớởỡợöøō"),
    ('u', "ùúủũụưừứửữựüū"),
    ('y', "ỳýỷỹỵÿ"),
];
/// Marks that stand behind their letter: grave, acute, circumflex, tilde, breve, hook above, horn, dot below.
const MARKS: [char; 8] =
    ['\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{306}', '\u{309}', '\u{31B}', '\u{323}'];

/// What to replace, letter for letter, by what; for the rest, which stands last, by nothing: the two arguments that
/// `translate` of Postgres takes. Upper case is in it, because `lower` may know the letters of ASCII only.
pub static TRANSLATION: LazyLock<(String, String)> = LazyLock::new(|| {
    let (mut from, mut to) = (String::new(), String::new());
    for (letter, marked) in LETTERS {
        for one in marked.chars() {
            from.push(one);
            to.push(letter);
            let mut upper = one.to_uppercase();
            if let (Some(upper), None) = (upper.next(), upper.next()) {
                from.push(upper);
                to.push(letter);
            }
        }
    }
    from.extend(MARKS);
    (from, to)
});

/// The text in lower case and without marks, as `lower(translate(text, ...))` makes it.
#[must_use]
pub fn fold(text: &str) -> String {
    let letter =
        |c: char| LETTERS.iter().find(|(_, marked)| marked.contains(c)).map_or(c, |(letter, _)| *letter);
    text.chars().flat_map(char::to_lowercase).filter(|c| !MARKS.contains(c)).map(letter).collect()
}

/// What somebody searches for: all of its words have to be found, in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Each word, folded.
    pub words: Vec<String>,
    /// The digits of each word that is a telephone number as people write it; of the others nothing.
    pub digits: Vec<String>,
}

/// Most words that are looked for; the rest is left out.
const WORDS_MAX: usize = 8;

impl Wanted {
    /// The words of `text`; none if it has none.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<String> = fold(text).split_whitespace().take(WORDS_MAX).map(str::to_owned).collect();
        let digits = words.iter().map(|word| digits_of(word)).collect();
        (!words.is_empty()).then_some(Self { words, digits })
    }

    /// Whether `text` has all of them.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        let text = fold(text);
        self.words.iter().all(|word| text.contains(word))
    }
}

fn digits_of(word: &str) -> String {
    let is_number = word.chars().all(|c| c.is_ascii_digit() || "+-.()/".contains(c));
    if is_number { word.chars().filter(char::is_ascii_digit).collect() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_case_make_no_difference_however_they_are_written() {
        for text in [
            "Nguyễn Thị Đào",
            "NGUYỄN THỊ ĐÀO",
            "Nguye\u{302}\u{303}n Thi\u{323} Đa\u{300}o",
            "nguyen thi dao",
        ] {
            assert_eq!(fold(text), "nguyen thi dao", "{text}");
        }
        assert_eq!(fold("Ươn ướt, Công ty Ñandú 2"), "uon uot, cong ty nandu 2");
    }

    #[test]
    fn postgres_is_told_the_same() {
        let (from, to) = &*TRANSLATION;
        let to: Vec<char> = to.chars().collect();
        for (at, c) in from.chars().enumerate() {
            let folded: Vec<char> = fold(&c.to_string()).chars().collect();
            assert_eq!(folded, to.get(at).copied().into_iter().collect::<Vec<_>>(), "{c}");
        }
    }

    #[test]
    fn all_words_are_wanted_and_numbers_as_they_are_dialled() {
        let wanted = Wanted::of(" Lan  ĐÀI ").unwrap();
        assert!(wanted.is_in("đài bắc: chị Lan") && !wanted.is_in("chị Lan"));
        assert_eq!(Wanted::of("+886-900 lan-2").unwrap().digits, ["886900", ""]);
        assert_eq!(Wanted::of(" \t"), None);
    }
}
