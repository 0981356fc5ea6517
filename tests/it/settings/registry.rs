use quayform::settings::{Login, RegistryChoice, RegistryProblem, RegistrySettings, Secrets};
use secrecy::ExposeSecret;

use super::{environment, load};

/// Settles the registry for a file, variables and flags (`--registry`, `--url`).
fn registry(
    text: &str,
    variables: &[(&str, &str)],
    name: Option<&str>,
    url: Option<&str>,
) -> Result<RegistrySettings, RegistryProblem> {
    let settings = load(text).unwrap();
    let environment = environment(variables);
    let secrets = Secrets::new(
        settings.secrets.clone(),
        settings.root.clone(),
        environment.clone(),
        false,
    );
    let choice = RegistryChoice {
        name: name.map(str::to_owned),
        url: url.map(str::to_owned),
    };
    settings.registry(&choice, environment.as_ref(), &secrets)
}

/// The login with its secret opened.
fn shown(found: &RegistrySettings) -> String {
    match &found.login {
        None => "(none)".to_owned(),
        Some(Login::Token(token)) => token.expose_secret().to_owned(),
        Some(Login::Password { username, password }) => format!("{username}:{}", password.expose_secret()),
    }
}

const TWO: &str = "[registry]\nurl = \"https://file.example\"\ntoken = { env = \"TOKEN\" }\n\
                   [registries.prod]\nurl = \"https://prod.example\"\n";

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let (url, token) = (
        ("QUAYFORM_URL", "https://environment.example"),
        ("QUAYFORM_TOKEN", "environment\n"),
    );
    let prod = ("QUAYFORM_PROD_TOKEN", "prod");
    let file = ("TOKEN", "file");
    for (variables, name, flag, expected) in [
        (vec![file], None, None, "https://file.example file"),
        (vec![file, token], None, None, "https://file.example environment"),
        (
            vec![file, url, token],
            None,
            None,
            "https://environment.example environment",
        ),
        (
            vec![file, url],
            None,
            Some("https://flag.example/"),
            "https://flag.example file",
        ),
        (
            vec![file, ("QUAYFORM_URL", "")],
            None,
            None,
            "https://file.example file",
        ),
        (
            vec![file, url, token, prod],
            Some("prod"),
            None,
            "https://prod.example prod",
        ),
        (
            vec![file, url, token],
            Some("prod"),
            None,
            "https://prod.example (none)",
        ),
        (
            vec![prod, ("QUAYFORM_PROD_URL", "http://127.0.0.1:8080")],
            Some("prod"),
            None,
            "http://127.0.0.1:8080 prod",
        ),
    ] {
        let found = registry(TWO, &variables, name, flag).unwrap();
        let login = shown(&found);
        assert_eq!(format!("{} {login}", found.identity()), expected, "{variables:?}");
        assert_eq!(found.required_login().is_ok(), login != "(none)");
    }
}

#[test]
fn a_token_of_the_environment_goes_to_the_origin_of_the_environment_only() {
    let variables = [("QUAYFORM_URL", "https://quay.example.com/"), ("QUAYFORM_TOKEN", "t")];
    let error = registry(TWO, &variables, None, Some("https://evil.example")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "QUAYFORM_TOKEN is not sent to https://evil.example: it belongs to https://quay.example.com"
    );
    assert!(registry(TWO, &variables, None, Some("https://quay.example.com:443")).is_ok());
}

#[test]
fn a_password_is_chosen_as_a_token_is() {
    let signs_in = "[registry]\nurl = \"https://file.example\"\nusername = \"ci\"\npassword = { env = \"SECRET\" }\n";
    let (url, file) = (("QUAYFORM_URL", "https://quay.example.com"), ("SECRET", "s\n"));
    let (user, password) = (("QUAYFORM_USERNAME", "me"), ("QUAYFORM_PASSWORD", "p"));
    let token = ("QUAYFORM_TOKEN", "t");
    for (text, variables, flag, expected) in [
        (signs_in, vec![file], None, Ok("ci:s")),
        (signs_in, vec![file, user], None, Ok("me:s")),
        (signs_in, vec![file, user, password], None, Ok("me:p")),
        (signs_in, vec![file, token], None, Ok("t")),
        (TWO, vec![("TOKEN", "f"), user], None, Ok("f")),
        (TWO, vec![("TOKEN", "f"), user, password], None, Ok("me:p")),
        (TWO, vec![password], None, Err("a password is set, and no user name")),
        (
            TWO,
            vec![user, password, token],
            None,
            Err("QUAYFORM_TOKEN and QUAYFORM_PASSWORD are both set, two ways to prove one user"),
        ),
        (
            TWO,
            vec![url, user, password],
            Some("https://evil.example"),
            Err("QUAYFORM_PASSWORD is not sent to https://evil.example: it belongs to https://quay.example.com"),
        ),
    ] {
        let found = registry(text, &variables, None, flag);
        let found = found.as_ref().map(shown).map_err(ToString::to_string);
        assert_eq!(
            found,
            expected.map(str::to_owned).map_err(str::to_owned),
            "{variables:?}"
        );
    }
}

#[test]
fn what_is_missing_is_said() {
    for (text, variables, name, message, help) in [
        (
            "",
            vec![],
            None,
            "no registry is chosen",
            "set url in [registry] of quayform.toml, QUAYFORM_URL, or --url; --emulator needs none",
        ),
        (
            "[registries.a]\n[registries.b]\n",
            vec![],
            None,
            "no registry is chosen",
            "choose one with --registry: a, b",
        ),
        (
            TWO,
            vec![],
            Some("prd"),
            "no registry is named `prd`",
            "did you mean `prod`?",
        ),
        (
            TWO,
            vec![],
            None,
            "no token: the environment variable TOKEN is not set",
            "set TOKEN to an OAuth token; in Quay's web page an application of an organization makes one: Generate Token",
        ),
        (
            "",
            vec![("QUAYFORM_URL", "quay")],
            None,
            "QUAYFORM_URL: `quay` lacks https:// before it",
            "write the registry's address, such as https://quay.example.com",
        ),
    ] {
        let error = registry(text, &variables, name, None).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.help().as_str()), (message, help));
    }
}
