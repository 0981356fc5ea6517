//! Which registries may be mirrored: `registry/namespace/repository`, and none inside the server's own network
//! (api.md, 3.8, "SSRF checks"; mirror, exchanges 46 to 48).
//!
//! Names are not resolved here; the real server refuses those that it cannot resolve.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::answer::Answer;

/// SSRF_ALLOWED_HOSTS of the recorded server (behaviour.md, 12).
const ALLOWED_HOSTS: [&str; 1] = ["127.0.0.1"];

/// Refuses a reference that the server would not fetch from. Only the three recorded texts are sure.
pub(super) fn check(reference: &str) -> Result<(), Answer> {
    let refuse = |problem: &str| Err(Answer::invalid(&format!("External registry reference {problem}")));
    if reference.trim().is_empty() {
        return refuse("is required");
    }
    if reference.contains(char::is_whitespace) {
        return refuse("must not include whitespace");
    }
    if reference.contains("://") {
        return refuse("must not include a URL scheme");
    }
    if reference.contains(['?', '#', '\\', '%']) {
        return refuse("contains an invalid character");
    }
    let Some((registry, path)) = reference.split_once('/') else {
        return refuse("must include a repository path");
    };
    if registry.is_empty() || path.is_empty() {
        return refuse("must include a repository path");
    }
    let Some(host) = host(registry) else {
        return refuse("must include a valid registry hostname");
    };
    if is_blocked(host) && !ALLOWED_HOSTS.contains(&host) {
        return Err(Answer::invalid("The provided registry location is not allowed"));
    }
    Ok(())
}

/// Whether `host:port` lies inside the server's own network.
pub(super) fn is_inside(registry: &str) -> bool {
    host(registry).is_some_and(|host| is_blocked(host) && !ALLOWED_HOSTS.contains(&host))
}

/// The host of `host:port`, without the brackets of an IPv6 address; `None` where it could be none.
fn host(registry: &str) -> Option<&str> {
    let (host, rest) = match registry.strip_prefix('[') {
        Some(address) => address.split_once(']')?,
        None => registry.split_at(registry.find(':').unwrap_or(registry.len())),
    };
    let has_good_port = match rest.strip_prefix(':') {
        Some(port) => port.parse().is_ok_and(|port: u16| port != 0),
        None => rest.is_empty(),
    };
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty() && label.bytes().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_host = host.parse::<IpAddr>().is_ok() || host.split('.').all(is_label);
    (has_good_port && is_host).then_some(host)
}

fn is_blocked(host: &str) -> bool {
    match host.parse() {
        Ok(IpAddr::V4(address)) => is_blocked_v4(address),
        Ok(IpAddr::V6(address)) => is_blocked_v6(address),
        Err(_) => {
            let name = host.to_ascii_lowercase();
            let is_internal = name.ends_with(".internal") || name.ends_with(".local");
            is_internal
                || matches!(
                    name.as_str(),
                    "localhost" | "metadata" | "kubernetes" | "kubernetes.default.svc"
                )
        }
    }
}

fn is_blocked_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_special = match first {
        0 | 240.. => true,
        100 => (64..128).contains(&second),
        192 => second == 0 && third == 0,
        198 => second == 18 || second == 19,
        _ => false,
    };
    is_special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
}

fn is_blocked_v6(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    let is_local = (first & 0xfe00) == 0xfc00 || (first & 0xffc0) == 0xfe80;
    is_local
        || address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.to_ipv4_mapped().is_some()
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn registries_outside_are_allowed() {
        for reference in [
            "quay.io/a/b",
            "docker.io/library/alpine",
            "r.example.com:5000/x",
            "8.8.8.8/a",
            "127.0.0.1:5000/a",
        ] {
            assert!(check(reference).is_ok(), "{reference}");
        }
    }

    #[test]
    fn the_own_network_is_not() {
        for reference in [
            "localhost/a",
            "10.1.2.3:5000/a",
            "192.168.1.1/a",
            "100.64.0.1/a",
            "[::1]/a",
            "[fd00::1]:5000/a",
            "x.internal/a",
        ] {
            let answer = check(reference).expect_err(reference);
            assert!(
                String::from_utf8_lossy(&answer.body).contains("is not allowed"),
                "{reference}"
            );
        }
    }

    #[test]
    fn malformed_references_are_refused() {
        for reference in [
            "",
            " ",
            "quay.io",
            "quay.io/",
            "/a",
            "https://quay.io/a",
            "quay.io/a b",
            "q_x/a",
            "quay.io:/a",
            "quay.io:0/a",
        ] {
            assert!(check(reference).is_err(), "{reference}");
        }
    }
}
