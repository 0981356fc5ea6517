//! What the registry's web page tells everybody.

use super::sight::{self, text};
use super::wishes::Wishes;
use super::{Identity, Kind, numbered, registry, shapes, targets};
use crate::http::Method;
use crate::manifest::choice::choice;
use crate::manifest::decode::List;
use crate::manifest::documents::RegistryDocument;
use crate::manifest::record::{Check, record};
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, ExactList, Exported, Field, Fields, Interest,
    Located, Object, Query, Value, Way, World, Written,
};

record! {
    /// A message on the registry's web page. The registry cannot change one: another text is another message.
    pub struct MessageSpec {
        /// What it says.
        content: String = required,
        /// How grave it is: `info` unless written.
        severity: MessageSeverity,
        /// How the text is to be read: `text/plain` unless written.
        media_type: MessageMediaType,
    }
    check: check_message;
}

choice! {
    /// How grave a message is.
    pub enum MessageSeverity {
        /// Good to know.
        Info = "info",
        /// Something to prepare for.
        Warning = "warning",
        /// Something is broken.
        Error = "error",
    }
}

choice! {
    /// How the text of a message is to be read.
    pub enum MessageMediaType {
        /// As it is written.
        Plain = "text/plain",
        /// As Markdown.
        Markdown = "text/markdown",
    }
}

fn check_message(message: &MessageSpec, check: &mut Check<'_>) {
    if let Some(content) = message
        .content
        .as_ref()
        .filter(|content| content.value.trim().is_empty())
    {
        let help = "write what everybody is to read, or delete the message";
        check.bad_value("the message says nothing", content.place, help);
    }
}

/// The kind's name.
pub const NAME: &str = "message";

/// A message on the registry's web page.
pub struct Message;

/// All messages.
pub fn all() -> Collection {
    Collection::new(NAME, format!("{}/", registry::NAMESPACE))
}

/// How many characters of the text stand in an address.
const SHOWN: usize = 40;

/// The address's identity without a number: the severity and the beginning of the text, as `warning.closed-on-sunday`.
fn label(fields: &Fields) -> String {
    let of = |name: &str| fields.get(name).and_then(Value::as_text).unwrap_or_default();
    let mut words = String::new();
    for letter in of("content").chars() {
        if words.chars().count() == SHOWN {
            break;
        }
        if letter.is_alphanumeric() {
            words.extend(letter.to_lowercase());
        } else if !words.is_empty() && !words.ends_with('-') {
            words.push('-');
        }
    }
    format!(
        "{}/{}.{}",
        registry::NAMESPACE,
        of("severity"),
        words.trim_end_matches('-')
    )
}

const FIELDS: &[Field] = &[
    Field {
        name: "content",
        way: Way::Replace,
    },
    Field {
        name: "severity",
        way: Way::Replace,
    },
    Field {
        name: "media_type",
        way: Way::Replace,
    },
];

/// The messages that everybody is to read.
pub fn desired(document: &RegistryDocument, list: &Located<List<MessageSpec>>, wishes: &mut Wishes<'_>) {
    wishes.own(all(), document.manage_messages(), list.place);
    for item in &list.value {
        let spec = &item.value;
        let severity = spec.severity.as_ref().map_or(MessageSeverity::Info, |it| it.value);
        let media_type = spec.media_type.as_ref().map_or(MessageMediaType::Plain, |it| it.value);
        let content = spec.content.as_ref().map_or("", |content| content.value.as_str());
        let fields = Fields::from([
            ("content", Value::text(content)),
            ("severity", severity.as_str().into()),
            ("media_type", media_type.as_str().into()),
        ]);
        let address = wishes.next(NAME, &label(&fields));
        wishes.want(address, fields, Vec::new(), item.place);
    }
}

impl Kind for Message {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> Identity {
        Identity::Content
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// All of it: no two messages are versions of one.
    fn key(&self, fields: &Fields) -> String {
        ["content", "severity", "media_type"]
            .map(|name| fields.get(name).map_or(String::new(), Value::to_string))
            .join("\n")
    }

    fn collection(&self, _address: &Address) -> Collection {
        all()
    }

    /// Everybody may read them, with one request.
    fn queries(&self, interest: &Interest, _known: &World, _answers: &Answers) -> Vec<Query> {
        let ask = || {
            targets::ask(
                targets::MESSAGES.to_owned(),
                &shapes::MESSAGES,
                "every message to all users",
                vec![all()],
            )
        };
        interest.collections.contains(&all()).then(ask).into_iter().collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        if !interest.collections.contains(&all()) {
            return;
        }
        for view in answers.list(targets::MESSAGES, "messages") {
            let fields = Fields::from([
                ("content", Value::text(text(view, "content"))),
                ("severity", Value::text(text(view, "severity"))),
                ("media_type", Value::text(text(view, "media_type"))),
            ]);
            let mut object = Object::new(numbered(world, NAME, &label(&fields)), fields);
            object.handle = Some(text(view, "uuid").to_owned());
            world.put(object);
        }
        sight::settle(world, answers, all(), &[targets::MESSAGES.to_owned()]);
    }

    fn explore(&self, namespace: &str, _known: &World, _answers: &Answers, interest: &mut Interest) {
        interest
            .collections
            .extend((namespace == registry::NAMESPACE).then(all));
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        if object.text("content").trim().is_empty() {
            return Exported::not("it says nothing, which no manifest can say");
        }
        let unless = |field: &str, usual: &str| {
            let text = object.text(field);
            (text != usual).then(|| Written::text(text))
        };
        let entries = [
            ("content", unless("content", "")),
            ("severity", unless("severity", MessageSeverity::Info.as_str())),
            ("media_type", unless("media_type", MessageMediaType::Plain.as_str())),
        ];
        Exported::item(Document::Registry, &["messages"], Written::map(entries))
    }

    fn exact_list(&self, collection: &Collection, _world: &World) -> Option<ExactList> {
        let manage = ["manage", "messages"];
        Some(ExactList::new(
            collection.clone(),
            Document::Registry,
            &["messages"],
            &manage,
        ))
    }

    fn impossible(&self, _change: &Change, world: &World) -> Option<String> {
        registry::refusal(world, "write messages to all users")
    }

    /// The answer to a creation has no id, and a deletion succeeds also where there is nothing (API guide §3.18).
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let of = |name: &str| Value::text(change.text(name));
        let entries = ["content", "media_type", "severity"].map(|name| (name.to_owned(), of(name)));
        let message = Value::Map(entries.into_iter().collect());
        match change.action {
            Action::Create => vec![Call::new(Method::Post, &["messages"]).body([("message", message)])],
            Action::Delete => vec![Call::new(Method::Delete, &["message"]).handle(&change.address)],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_how_a_message_begins() {
        let fields = |content: &str| Fields::from([("content", Value::text(content)), ("severity", "warning".into())]);
        assert_eq!(
            label(&fields("**Closed** on Sunday!")),
            "Registry/warning.closed-on-sunday"
        );
        assert_eq!(label(&fields("[x] + y: z")), "Registry/warning.x-y-z");
        assert!(label(&fields(&"long ".repeat(50))).len() < 70);
    }
}
