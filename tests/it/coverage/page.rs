//! `docs/coverage.md`, made from the list.

use super::{Entry, cocktail, entries};

const INTRODUCTION: &str = "\
<!-- Generated; write it anew with: UPDATE_REFERENCE=1 cargo test reference -->

# Coverage

Every operation of the API guide, by its number there, and what of quayform sends it. Tests run all kinds and commands
against the embedded registry, and fail where one does not send what stands beside it. What newer servers have besides is
in [commands.md](commands.md) and [manifests.md](manifests.md).

";

const COCKTAIL: &str = "
## CocktailCloud

The three operations that its vendor has published; [builds.md](builds.md) says what they are for.

| operation | kinds | commands |
|---|---|---|
";

/// The page.
pub(crate) fn page() -> String {
    let entries = entries();
    let number = |is: fn(&Entry) -> bool| entries.iter().filter(|entry| is(entry)).count();
    let mut page = INTRODUCTION.to_owned();
    page.push_str(&format!(
        "{} operations: {} are sent by kinds of manifests, {} by commands, {} by `quayform api` alone, {} are refused by \
         the registry itself.\n\n",
        entries.len(),
        number(|entry| !entry.kinds.is_empty()),
        number(|entry| !entry.commands.is_empty()),
        number(|entry| entry.api),
        number(|entry| entry.reason.is_some()),
    ));
    page.push_str("| # | operation | kinds | commands |\n|---|---|---|---|\n");
    for entry in &entries {
        let quoted = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        };
        let commands = match (&entry.reason, entry.api) {
            (Some(reason), _) => reason.clone(),
            (None, true) => format!("`api {} {}`", entry.method, entry.path),
            (None, false) => quoted(&entry.commands),
        };
        page.push_str(&format!(
            "| {} | `{}`: {} `{}` | {} | {commands} |\n",
            entry.number,
            entry.name,
            entry.method,
            entry.path,
            quoted(&entry.kinds)
        ));
    }
    page.push_str(COCKTAIL);
    for entry in cocktail::ENTRIES {
        let kinds = if entry.is_of_tags { "`tag`" } else { "" };
        let commands: Vec<String> = entry.commands.iter().map(|command| format!("`{command}`")).collect();
        page.push_str(&format!(
            "| {}: {} `{}` | {kinds} | {} |\n",
            entry.name,
            entry.method,
            entry.path,
            commands.join(", ")
        ));
    }
    page
}
