//! `docs/errors.md`: every code with its meaning, an example and the way out.

use super::codes::{CHAPTERS, Code, Example};
use super::{generated, row};

const INTRODUCTION: &str = "\
# Errors and warnings

Every problem has a code, a message, the places it concerns and, in most cases, a way out, which is printed with it as
`help`. `validate` shows all problems of a project in one run and needs no registry. The codes are stable: with
`--format json` they stand in `diagnostics[].code`. `quayform explain CODE` prints what this page says of one.

";

const END: &str = "\
A plan can hold two more things that are no errors: `!` *blocked* and *deferred* changes; see
[ownership.md](ownership.md). A plan that a guard refuses names the guard, the objects and the narrowest way to allow
exactly this.
";

/// The page of all codes: for each chapter a table, and after it an example for each.
pub fn errors() -> String {
    let mut page = generated() + INTRODUCTION;
    for (title, codes) in CHAPTERS {
        page.push_str(&format!("## {title}\n\n| code | meaning | way out |\n|---|---|---|\n"));
        for code in codes {
            page.push_str(&row(&[
                &format!("[`{0}`](#{0})", code.code),
                code.meaning,
                code.way_out,
            ]));
        }
        page.push('\n');
    }
    page.push_str(END);
    page.push_str("\n## An example of each\n\n");
    CHAPTERS
        .iter()
        .flat_map(|(_, codes)| *codes)
        .for_each(|code| page.push_str(&example(code)));
    page.trim_end().to_owned() + "\n"
}

fn example(code: &Code) -> String {
    let shown = match code.example {
        Example::Manifest(text) => format!("```yaml\n{text}```"),
        Example::Settings(text) => format!("```toml\n{text}```"),
        Example::Story(text) => text.to_owned(),
    };
    format!("### {}\n\n{shown}\n\n{}\n\n", code.code, code.way_out)
}
