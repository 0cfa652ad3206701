//! The words of exports, in Vietnamese and English. Headings are those of the console's page of figures.

mod en;
mod vi;

use sos_protocol::export::ExportLanguage;
use sos_protocol::{Disposition, EmergencyKind};

/// Every word of an export in one language.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) asked: &'static str,
    pub(super) from: &'static str,
    pub(super) zone: &'static str,
    pub(super) desk: &'static str,
    pub(super) all_desks: &'static str,
    pub(super) country: &'static str,
    pub(super) all_countries: &'static str,
    pub(super) kind: &'static str,
    pub(super) all_kinds: &'static str,
    pub(super) disposition: &'static str,
    pub(super) all_dispositions: &'static str,
    pub(super) cases: &'static str,
    pub(super) open: &'static str,
    pub(super) drills: &'static str,
    pub(super) counted_at: &'static str,
    pub(super) up_to: &'static str,
    pub(super) exported: &'static str,
    pub(super) by_schedule: &'static str,
    pub(super) page: &'static str,
    pub(super) table: &'static str,
    pub(super) row: &'static str,
    pub(super) figure: &'static str,
    pub(super) value: &'static str,
    pub(super) unit: &'static str,
    pub(super) seconds: &'static str,
    pub(super) course: &'static str,
    pub(super) hours: &'static str,
    pub(super) weekdays: &'static str,
    pub(super) kinds: &'static str,
    pub(super) dispositions: &'static str,
    pub(super) times: &'static str,
    pub(super) countries: &'static str,
    pub(super) desks: &'static str,
    pub(super) watch: &'static str,
    pub(super) targets: &'static str,
    pub(super) escalations: &'static str,
    pub(super) readiness: &'static str,
    /// Names of sheets, short: overview, course, hours, weekdays, kinds, dispositions, times, countries, desks, watch, targets,
    /// escalations, readiness, cases.
    pub(super) sheets: [&'static str; 14],
    pub(super) opened: &'static str,
    pub(super) closed: &'static str,
    pub(super) on_time: &'static str,
    pub(super) hour: &'static str,
    pub(super) weekday: &'static str,
    pub(super) weekday_names: [&'static str; 7],
    pub(super) share: &'static str,
    pub(super) measure: &'static str,
    pub(super) p50: &'static str,
    pub(super) p90: &'static str,
    pub(super) p95: &'static str,
    pub(super) over: &'static str,
    pub(super) without: &'static str,
    pub(super) receive: &'static str,
    pub(super) ring: &'static str,
    pub(super) claim: &'static str,
    pub(super) close: &'static str,
    pub(super) until_claimed_p50: &'static str,
    pub(super) until_claimed_p90: &'static str,
    pub(super) cases_claimed: &'static str,
    pub(super) code: &'static str,
    pub(super) on_time_share: &'static str,
    pub(super) until_closed_p90: &'static str,
    pub(super) cases_closed: &'static str,
    pub(super) escalated_cases: &'static str,
    pub(super) within: &'static str,
    pub(super) wanted: &'static str,
    pub(super) reached: &'static str,
    pub(super) claimed_on_time: &'static str,
    pub(super) unseen: &'static str,
    pub(super) unverified: &'static str,
    pub(super) false_alarms: &'static str,
    pub(super) escalated: &'static str,
    pub(super) transferred: &'static str,
    pub(super) reopened: &'static str,
    pub(super) steps: &'static str,
    pub(super) reached_targets: &'static str,
    pub(super) reached_ministry: &'static str,
    pub(super) reached_nobody: &'static str,
    pub(super) later: &'static str,
    pub(super) claimed_after: &'static str,
    pub(super) drills_rang: &'static str,
    pub(super) drills_claimed: &'static str,
    pub(super) drills_claim: &'static str,
    pub(super) kind_unsaid: &'static str,
    pub(super) not_closed: &'static str,
    pub(super) is_closed: &'static str,
    pub(super) unknown_country: &'static str,
    pub(super) case_no: &'static str,
    pub(super) opened_at: &'static str,
    pub(super) offset: &'static str,
    pub(super) state: &'static str,
    pub(super) due: &'static str,
    pub(super) is_on_time: &'static str,
    pub(super) presses: &'static str,
    /// In the order of [`EmergencyKind`].
    kinds_of: [&'static str; 4],
    /// In the order of [`Disposition`].
    dispositions_of: [&'static str; 7],
}

impl Words {
    pub(super) const fn kind_of(&self, kind: EmergencyKind) -> &'static str {
        let [injured, attacked, held, other] = self.kinds_of;
        match kind {
            EmergencyKind::Injured => injured,
            EmergencyKind::Attacked => attacked,
            EmergencyKind::Held => held,
            EmergencyKind::Other => other,
        }
    }

    pub(super) const fn disposition_of(&self, disposition: Disposition) -> &'static str {
        let [resolved, referred, false_alarm, cancelled, duplicate, unable, test] = self.dispositions_of;
        match disposition {
            Disposition::Resolved => resolved,
            Disposition::Referred => referred,
            Disposition::FalseAlarm => false_alarm,
            Disposition::CancelledByWorker => cancelled,
            Disposition::Duplicate => duplicate,
            Disposition::UnableToContact => unable,
            Disposition::Test => test,
        }
    }
}

/// In one language, or in two beside each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said(pub(super) ExportLanguage);

impl Said {
    /// A word.
    pub(super) fn word(self, word: impl Fn(&'static Words) -> &'static str) -> String {
        self.both(word(&vi::WORDS), word(&en::WORDS))
    }

    /// Something that has a name in each language.
    pub(super) fn both(self, vi: &str, en: &str) -> String {
        match self.0 {
            ExportLanguage::Vi => vi.to_owned(),
            ExportLanguage::En => en.to_owned(),
            ExportLanguage::Both if vi == en => vi.to_owned(),
            ExportLanguage::Both => format!("{vi} / {en}"),
        }
    }

    /// Name of a sheet: spreadsheets take no stroke in it.
    pub(super) fn sheet(self, place: usize) -> String {
        let of = |words: &Words| words.sheets.get(place).copied().unwrap_or_default();
        self.both(of(&vi::WORDS), of(&en::WORDS)).replace(" / ", " - ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What both have is called the same on the page and in the file.
    #[test]
    fn headings_are_those_of_the_page() {
        let pages = [
            (
                &vi::WORDS,
                include_str!("../../../console/src/lib/i18n/figures/vi.ts"),
                include_str!("../../../console/src/lib/i18n/vi.ts"),
            ),
            (
                &en::WORDS,
                include_str!("../../../console/src/lib/i18n/figures/en.ts"),
                include_str!("../../../console/src/lib/i18n/en.ts"),
            ),
        ];
        for (w, figures, all) in pages {
            for heading in [
                w.title,
                w.course,
                w.hours,
                w.weekdays,
                w.kinds,
                w.dispositions,
                w.countries,
                w.desks,
                w.watch,
                w.targets,
                w.readiness,
                w.from,
                w.opened,
                w.closed,
                w.on_time,
                w.hour,
                w.weekday,
                w.kind,
                w.disposition,
                w.country,
                w.code,
                w.desk,
                w.cases,
                w.share,
                w.measure,
                w.receive,
                w.ring,
                w.claim,
                w.close,
                w.over,
                w.without,
                w.cases_claimed,
                w.cases_closed,
                w.escalated_cases,
                w.on_time_share,
                w.unseen,
                w.unverified,
                w.false_alarms,
                w.transferred,
                w.reopened,
                w.escalated,
                w.drills_rang,
                w.drills_claimed,
                w.claimed_on_time,
                w.kind_unsaid,
                w.not_closed,
                w.unknown_country,
                w.all_desks,
                w.all_countries,
                w.all_kinds,
                w.all_dispositions,
            ] {
                assert!(figures.contains(&format!("'{heading}'")), "{heading}");
            }
            for word in w.kinds_of.iter().chain(&w.dispositions_of) {
                assert!(all.contains(&format!("'{word}'")), "{word}");
            }
        }
    }

    #[test]
    fn a_sheet_has_a_name_that_spreadsheets_take() {
        for language in [ExportLanguage::Vi, ExportLanguage::En, ExportLanguage::Both] {
            let names: Vec<String> = (0..14).map(|place| Said(language).sheet(place)).collect();
            for name in &names {
                assert!((1..=31).contains(&name.chars().count()), "{name}");
                assert!(!name.contains(['[', ']', ':', '*', '?', '/', '\\']), "{name}");
                assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
            }
        }
    }
}
