//! Drift that somebody has said is to be expected, until a date.

use jiff::civil::Date;

use super::found::Sort;
use crate::model::Change;
use crate::settings::IgnoreRule;

/// A difference that does not count.
#[derive(Debug, Clone, PartialEq)]
pub struct Ignored {
    /// The difference; of one object some fields may be ignored, and others not.
    pub change: Change,
    /// How it differs.
    pub sort: Sort,
    /// The rule that covers it, or the first of several.
    pub rule: IgnoreRule,
}

/// Takes out what rules cover, and remembers which of them were of use.
#[derive(Debug, Clone)]
pub struct Sieve {
    rules: Vec<(IgnoreRule, bool)>,
    expired: Vec<IgnoreRule>,
}

impl Sieve {
    /// The rules that hold on this day; a rule holds through its last one.
    pub fn new(rules: impl IntoIterator<Item = IgnoreRule>, today: Date) -> Self {
        let is_over = |rule: &IgnoreRule| rule.until.is_some_and(|until| until < today);
        let (expired, rules): (Vec<_>, Vec<_>) = rules.into_iter().partition(is_over);
        Sieve {
            rules: rules.into_iter().map(|rule| (rule, false)).collect(),
            expired,
        }
    }

    /// The rules that hold no longer.
    pub fn expired(&self) -> &[IgnoreRule] {
        &self.expired
    }

    /// The rules that have covered nothing so far.
    pub fn unused(&self) -> impl Iterator<Item = &IgnoreRule> {
        self.rules.iter().filter(|(_, used)| !used).map(|(rule, _)| rule)
    }

    /// What of a difference counts, and what does not.
    pub fn sift(&mut self, mut change: Change, sort: Sort) -> (Option<Change>, Option<Ignored>) {
        if let Some(rule) = self.covering(&change, None) {
            return (None, Some(Ignored { change, sort, rule }));
        }
        if sort != Sort::Differs {
            return (Some(change), None);
        }
        let mut ignored = change.clone();
        let covering = change
            .fields
            .iter()
            .map(|field| self.covering(&ignored, Some(field.name)));
        let covering: Vec<Option<IgnoreRule>> = covering.collect();
        let mut is_covered = covering.iter().map(Option::is_some);
        ignored.fields.retain(|_| is_covered.next().unwrap_or(false));
        let mut is_covered = covering.iter().map(Option::is_some);
        change.fields.retain(|_| !is_covered.next().unwrap_or(false));
        let Some(rule) = covering.into_iter().flatten().next() else {
            return (Some(change), None);
        };
        let ignored = Ignored {
            change: ignored,
            sort,
            rule,
        };
        ((!change.fields.is_empty()).then_some(change), Some(ignored))
    }

    /// The rule for a whole object, or for one field of it.
    fn covering(&mut self, change: &Change, field: Option<&str>) -> Option<IgnoreRule> {
        let covers = |rule: &IgnoreRule| rule.pattern.matches(&change.address) && rule.field.as_deref() == field;
        let (rule, used) = self.rules.iter_mut().find(|(rule, _)| covers(rule))?;
        *used = true;
        Some(rule.clone())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::{Action, Address, FieldChange, Pattern};

    fn rule(pattern: &str, field: Option<&str>, until: Option<Date>) -> IgnoreRule {
        IgnoreRule {
            pattern: Pattern::parse(pattern).unwrap(),
            field: field.map(str::to_owned),
            reason: "it is known".to_owned(),
            until,
        }
    }

    fn update(identity: &str, fields: &[&'static str]) -> Change {
        let mut change = Change::new(Address::new("team", identity), Action::Update);
        let field = |name: &&'static str| FieldChange {
            name,
            before: Some("a".into()),
            after: Some("b".into()),
            note: None,
        };
        change.fields = fields.iter().map(field).collect();
        change
    }

    fn names(change: Option<&Change>) -> Vec<&str> {
        let fields = change.into_iter().flat_map(|change| &change.fields);
        fields.map(|field| field.name).collect()
    }

    #[test]
    fn a_rule_covers_an_object_or_one_of_its_fields() {
        let mut sieve = Sieve::new(
            [
                rule("team[acme/sandbox-*]", None, None),
                rule("team[acme/*]", Some("description"), None),
                rule("robot", None, None),
            ],
            date(2026, 1, 1),
        );
        let (rest, ignored) = sieve.sift(update("acme/sandbox-1", &["role"]), Sort::Differs);
        assert_eq!((rest, ignored.is_some()), (None, true));
        let (rest, ignored) = sieve.sift(update("acme/dev", &["description", "role"]), Sort::Differs);
        assert_eq!(names(rest.as_ref()), ["role"]);
        assert_eq!(names(ignored.as_ref().map(|it| &it.change)), ["description"]);
        let (rest, _) = sieve.sift(update("acme/dev", &["description"]), Sort::Differs);
        assert_eq!(rest, None);
        // That it is gone is another matter than its description.
        let (rest, ignored) = sieve.sift(update("acme/dev", &["description"]), Sort::Missing);
        assert_eq!((rest.is_some(), ignored), (true, None));
        let unused: Vec<String> = sieve.unused().map(ToString::to_string).collect();
        assert_eq!(unused, ["robot"]);
    }

    #[test]
    fn a_rule_holds_through_its_last_day() {
        let last = date(2026, 3, 31);
        for (today, holds) in [(last, true), (date(2026, 4, 1), false)] {
            let mut sieve = Sieve::new([rule("team", None, Some(last))], today);
            let (rest, _) = sieve.sift(update("acme/dev", &["role"]), Sort::Differs);
            assert_eq!((rest.is_none(), sieve.expired().is_empty()), (holds, holds));
        }
    }
}
