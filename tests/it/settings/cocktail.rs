use quayform::model::Reference;
use quayform::settings::{SecretProblem, Secrets};
use secrecy::ExposeSecret;

use super::{environment, load};

const FILE: &str = "[cocktail]\nurl = \"https://file.example\"\ntoken = { env = \"TOKEN\" }\nca_file = \"ca.pem\"\n";

/// The address and the token that a file and variables come to, or the problem with its way out.
fn settled(text: &str, variables: &[(&str, &str)]) -> String {
    let settings = load(text).unwrap();
    let environment = environment(variables);
    let secrets = Secrets::new(
        settings.secrets.clone(),
        settings.root.clone(),
        environment.clone(),
        false,
    );
    match settings.cocktail(environment.as_ref(), &secrets) {
        Ok(found) => format!(
            "{} {}",
            found.url.origin().ascii_serialization(),
            found.token.expose_secret()
        ),
        Err(problem) => format!("{problem} ({})", problem.help()),
    }
}

#[test]
fn the_environment_comes_before_the_file() {
    let (url, token) = (
        ("QUAYFORM_COCKTAIL_URL", "https://environment.example/"),
        ("QUAYFORM_COCKTAIL_TOKEN", "environment\n"),
    );
    let file = ("TOKEN", "file");
    for (text, variables, expected) in [
        (FILE, vec![file], "https://file.example file"),
        (FILE, vec![file, token], "https://file.example environment"),
        (FILE, vec![file, url, token], "https://environment.example environment"),
        ("", vec![url, token], "https://environment.example environment"),
        (
            "",
            vec![token],
            "nothing says where CocktailCloud is (set url in [cocktail] of quayform.toml, or QUAYFORM_COCKTAIL_URL)",
        ),
        (
            "",
            vec![url],
            "no token for CocktailCloud is set (set QUAYFORM_COCKTAIL_TOKEN, or token = { env = \"NAME\" } in [cocktail] of \
             quayform.toml)",
        ),
        (
            FILE,
            vec![],
            "no token for CocktailCloud: the environment variable TOKEN is not set (set TOKEN)",
        ),
        (
            FILE,
            vec![file, ("QUAYFORM_COCKTAIL_URL", "ftp://x")],
            "QUAYFORM_COCKTAIL_URL: `ftp://x` starts with neither https:// nor http:// (write its address, such as \
             https://cocktail.example.com)",
        ),
    ] {
        assert_eq!(settled(text, &variables), expected, "{text} {variables:?}");
    }
}

#[test]
fn files_are_those_of_the_project() {
    let settings = load(FILE).unwrap();
    let environment = environment(&[("TOKEN", "t")]);
    let secrets = Secrets::new(
        settings.secrets.clone(),
        settings.root.clone(),
        environment.clone(),
        false,
    );
    let found = settings.cocktail(environment.as_ref(), &secrets).unwrap();
    assert_eq!(found.ca_file, Some(settings.root.join("ca.pem")));
    assert!(!format!("{found:?}").contains("\"t\""));
}

/// No manifest can have the token sent to a place of its choice.
#[test]
fn manifests_cannot_name_the_token() {
    let settings = load(FILE).unwrap();
    let secrets = Secrets::new(
        settings.secrets.clone(),
        settings.root.clone(),
        environment(&[("TOKEN", "t")]),
        false,
    );
    let reference = Reference::Env("TOKEN".to_owned());
    assert_eq!(secrets.check(&reference), Err(SecretProblem::Reserved(reference)));
}
