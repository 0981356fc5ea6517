//! Names of files that hold one robot's credential.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::model::{CredentialFormat, hexadecimal};

/// File systems end names at 255 bytes; the temporary file's ending must fit, too.
const LONGEST: usize = 200;

/// The file's name: `acme+ci.docker.json`. What could mean something to a file system is percent-encoded, capital
/// letters as well, since some do not tell them apart.
pub(super) fn of(robot: &str, format: CredentialFormat) -> String {
    let ending = match format {
        CredentialFormat::Docker => "docker.json",
        CredentialFormat::Kubernetes => "kubernetes.json",
        CredentialFormat::Plain => "txt",
    };
    format!("{}.{ending}", readable(robot))
}

/// The name of the file with a service's private key: `scanner.pem`.
pub(super) fn of_key(name: &str) -> String {
    format!("{}.pem", readable(name))
}

fn readable(robot: &str) -> String {
    let mut name = String::new();
    for (at, byte) in robot.bytes().enumerate() {
        let plain = byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_+".contains(&byte);
        if plain || (byte == b'.' && at > 0) {
            name.push(byte as char);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    if name.len() > LONGEST {
        name.truncate(LONGEST - 20);
        name = format!("{name}%%{}", digest(robot));
    }
    name
}

/// Sixteen hexadecimal digits that tell names apart whose readable part is the same.
pub(super) fn digest(robot: &str) -> String {
    hexadecimal(&Sha256::digest(robot.as_bytes())[..8])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn usual_names_stay_readable() {
        assert_eq!(of("acme+ci", CredentialFormat::Docker), "acme+ci.docker.json");
        assert_eq!(of("a.b_c+d-e", CredentialFormat::Plain), "a.b_c+d-e.txt");
    }

    #[test]
    fn no_name_leads_out_of_the_directory_or_meets_another() {
        let long = "a".repeat(250);
        let longer = format!("{long}b");
        let names = [
            "../x+ci", "/etc/x", ".hidden", "a\0b", "a\\b", "A+ci", "a+ci", "a%2Bci", &long, &longer,
        ];
        let files: BTreeSet<String> = names.iter().map(|name| of(name, CredentialFormat::Docker)).collect();
        assert_eq!(files.len(), names.len());
        for file in files {
            assert!(
                file.len() < 240 && !file.starts_with('.') && !file.contains(['/', '\\', '\0']),
                "{file}"
            );
        }
    }
}
