//! What stands around the manifests of a new project.

use super::Pipeline;
use crate::cli::export::SCHEMA;
use crate::export::File;

/// Settings for editors, what is not to be committed, and the file of a pipeline.
pub(super) fn around(pipeline: Pipeline) -> Vec<File> {
    let editor = serde_json::json!({ "yaml.schemas": { format!("./{SCHEMA}"): [
        "organizations/**/*.yaml", "accounts/*.yaml", "registry.yaml",
    ] } });
    let mut files = vec![
        file(".vscode/settings.json", &format!("{editor:#}\n")),
        file(".gitignore", ".quayform/\n.env\n"),
    ];
    files.extend(match pipeline {
        Pipeline::Github => Some(file(".github/workflows/quayform.yml", GITHUB)),
        Pipeline::Gitlab => Some(file(".gitlab-ci.yml", GITLAB)),
        Pipeline::None => None,
    });
    files
}

fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

const GITHUB: &str = r#"# Plans on pull requests and applies what is merged. quayform must be on the runner, QUAYFORM_TOKEN among the secrets.
name: quayform
on:
  pull_request:
  push:
    branches: [main]
concurrency:
  group: quayform-${{ github.ref }}
jobs:
  plan:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    env:
      QUAYFORM_TOKEN: ${{ secrets.QUAYFORM_TOKEN }}
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - run: quayform validate
      - run: git show "origin/${{ github.base_ref }}:quayform.toml" > base.toml
      - run: quayform plan --guards-from base.toml --detailed-exitcode || test $? -eq 2
  apply:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    env:
      QUAYFORM_TOKEN: ${{ secrets.QUAYFORM_TOKEN }}
    steps:
      - uses: actions/checkout@v4
      - run: quayform apply --auto-approve
"#;

const GITLAB: &str = r#"# Plans on merge requests and applies what is merged. quayform must be in the image, QUAYFORM_TOKEN a masked variable.
stages: [plan, apply]
plan:
  stage: plan
  rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]
  script:
    - quayform validate
    - git fetch origin "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
    - git show FETCH_HEAD:quayform.toml > base.toml
    - quayform plan --guards-from base.toml --detailed-exitcode || test $? -eq 2
apply:
  stage: apply
  resource_group: quayform
  rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
  script:
    - quayform apply --auto-approve
"#;
