//! One request at every registry that is meant, and one document of what came back.

use serde_json::Value as Json;

use super::connect::Connection;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use crate::report::json::registries;
use crate::settings::Settings;

/// Does it at one registry after the other; the failure of one does not keep it from the others. `only_one` says what is
/// done where that may be done at one only: several are refused then. Prints the documents where JSON is asked for.
pub(super) async fn everywhere(
    settings: &Settings,
    only_one: Option<&str>,
    format: Format,
    context: &Context,
    one: impl AsyncFn(&Connection) -> Result<(Exit, Json), Failure>,
) -> Result<Exit, Failure> {
    let secrets = context.secrets(settings);
    let choices = context.choices(settings)?;
    if let Some(done) = only_one.filter(|_| choices.len() > 1) {
        return Err(
            Failure::new(format!("this is {done} one registry, and --registry all means several"))
                .certain("nothing was sent")
                .help("name one: --registry NAME"),
        );
    }
    let (mut exit, mut documents) = (Exit::Done, Vec::new());
    for choice in choices {
        let once = async { one(&context.connect(settings, &choice, &secrets)?).await };
        let (ended, document) = match once.await {
            Ok(ended) => ended,
            Err(failure) => context.told(failure)?,
        };
        exit = exit.worst(ended);
        documents.push(document);
    }
    if format == Format::Json {
        context.ui.json(&registries(documents))?;
    }
    Ok(exit)
}
