//! Words without their marks, so that "Nguyen" finds "Nguyễn" and the other way round.

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

/// The text in lower case and without marks.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).filter(|c| !MARKS.contains(c)).map(unmarked).collect()
}

fn unmarked(c: char) -> char {
    let is_marked = |(_, marked): &&(char, &str)| !c.is_ascii() && marked.contains(c);
    LETTERS.iter().find(is_marked).map_or(c, |(letter, _)| *letter)
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

    /// Whether `text` or a telephone number has each of them; a number counts as it is dialled, too.
    #[must_use]
    pub fn is_in_either(&self, text: &str, phone: &str) -> bool {
        let (text, dialled) = (fold(text), digits_in(phone));
        self.words.iter().zip(&self.digits).all(|(word, digits)| {
            text.contains(word)
                || phone.contains(word)
                || !digits.is_empty() && (text.contains(digits) || dialled.contains(digits))
        })
    }
}

fn digits_of(word: &str) -> String {
    let is_number = word.chars().all(|c| c.is_ascii_digit() || "+-.()/".contains(c));
    if is_number { digits_in(word) } else { String::new() }
}

fn digits_in(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
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
    fn all_words_are_wanted_and_numbers_as_they_are_dialled() {
        let wanted = Wanted::of(" Lan  ĐÀI ").unwrap();
        assert!(wanted.is_in("đài bắc: chị Lan") && !wanted.is_in("chị Lan"));
        assert_eq!(Wanted::of("+886-900 lan-2").unwrap().digits, ["886900", ""]);
        assert_eq!(Wanted::of(" \t"), None);
        let (lan, phone) = ("Nguyễn Thị Lan 2026-000007", "+886 900-123-456");
        let is_in = |text: &str| Wanted::of(text).is_some_and(|wanted| wanted.is_in_either(lan, phone));
        for text in ["lan 900123", "(+886) NGUYEN", "2026-000007", "900-123-456 thi", "000007"] {
            assert!(is_in(text), "{text}");
        }
        assert!(!is_in("lan 900124") && !is_in("900 hoa"));
    }
}
