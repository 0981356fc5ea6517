//! Who made this so? Asked of the entries of a usage log, from the newest on.

use super::events::{Leaves, Subject};
use super::found::Sort;
use super::log::Entry;
use crate::model::Address;

/// One difference that nobody has explained yet.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) address: Address,
    pub(super) field: Option<&'static str>,
    pub(super) sort: Sort,
    pub(super) answer: Option<Answer>,
}

/// The newest entry about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It leaves what is there.
    Explained(Entry),
    /// It leaves the opposite, so that what came after it left no entry.
    Contradicted(Entry),
}

impl Question {
    /// Looks at the next older entries.
    pub(super) fn ask(&mut self, entries: &[Entry]) {
        if self.answer.is_none() {
            self.answer = entries.iter().find_map(|entry| self.answered_by(entry));
        }
    }

    fn answered_by(&self, entry: &Entry) -> Option<Answer> {
        let subject = entry
            .subject
            .as_ref()
            .filter(|subject| subject.concerns(&self.address))?;
        let is_other_field = matches!((entry.field, self.field), (Some(of), Some(field)) if of != field);
        if is_other_field {
            return None;
        }
        let leaves = match subject {
            // What comes with something else need not.
            Subject::Born(object) if *object != self.address => Leaves::Either,
            _ => Leaves::of(&entry.event),
        };
        let fits = match (self.sort, leaves) {
            (_, Leaves::Either) => true,
            (Sort::Missing, leaves) => leaves == Leaves::Nothing,
            (Sort::Extra | Sort::Differs, leaves) => leaves == Leaves::Something,
        };
        match (fits, subject) {
            (true, _) => Some(Answer::Explained(entry.clone())),
            // It was about another one of the list.
            (false, Subject::OneOf(_)) => None,
            (false, _) => Some(Answer::Contradicted(entry.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::Collection;

    fn entry(event: &str, subject: Subject, field: Option<&'static str>) -> Entry {
        Entry {
            event: event.to_owned(),
            time: Timestamp::UNIX_EPOCH,
            performer: Some("carol".to_owned()),
            ip: String::new(),
            application: None,
            subject: Some(subject),
            field,
        }
    }

    fn answer(address: Address, field: Option<&'static str>, sort: Sort, entries: &[Entry]) -> Option<Answer> {
        let mut question = Question {
            address,
            field,
            sort,
            answer: None,
        };
        question.ask(entries);
        question.answer
    }

    #[test]
    fn only_an_entry_that_leaves_what_is_there_explains_it() {
        let team = Address::new("team", "acme/developers");
        let member = Address::new("member", "acme/developers/bob");
        let gone = entry("org_delete_team", Subject::Gone(team.clone()), None);
        let role = entry("org_set_team_role", Subject::Object(team.clone()), Some("role"));
        let added = entry("org_add_team_member", Subject::Object(member.clone()), None);
        let all = [role.clone(), gone.clone(), added.clone()];
        assert_eq!(
            answer(member.clone(), None, Sort::Missing, &all),
            Some(Answer::Explained(gone))
        );
        assert_eq!(
            answer(team.clone(), Some("role"), Sort::Differs, &all),
            Some(Answer::Explained(role.clone()))
        );
        // What was set cannot have been missing then.
        assert_eq!(
            answer(team.clone(), None, Sort::Missing, &all),
            Some(Answer::Contradicted(role.clone()))
        );
        assert_eq!(answer(team, Some("description"), Sort::Differs, &[role]), None);
        assert_eq!(
            answer(member, None, Sort::Missing, std::slice::from_ref(&added)),
            Some(Answer::Contradicted(added))
        );
    }

    #[test]
    fn an_event_about_one_of_a_list_contradicts_nothing() {
        let rule = Address::new("auto_prune", "acme:keep_tags.50");
        let rules = Collection::new("auto_prune", "acme:");
        let made = entry("create_namespace_autoprune_policy", Subject::OneOf(rules.clone()), None);
        let changed = entry("update_namespace_autoprune_policy", Subject::OneOf(rules), None);
        let both = [made.clone(), changed.clone()];
        assert_eq!(
            answer(rule.clone(), None, Sort::Missing, &both),
            Some(Answer::Explained(changed))
        );
        assert_eq!(answer(rule, None, Sort::Extra, &both), Some(Answer::Explained(made)));
    }
}
