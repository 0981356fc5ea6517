//! One of several parts of a registry, by organization.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// One of `count` parts, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    count: u64,
}

impl Shard {
    /// Whether the organization belongs to this part. Only its name decides, never its place among others, so that an
    /// organization stays in its part whatever comes or goes: the first 8 bytes of the name's SHA-256 as a number, the
    /// first byte the highest, modulo `count`.
    pub fn holds(self, organization: &str) -> bool {
        let digest = Sha256::digest(organization.as_bytes());
        let number = digest
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        number % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = String;

    /// Reads `I/N` with I from 0 to N - 1.
    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/');
        let numbers = numbers.and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        match numbers {
            None | Some((_, 0)) => Err("write I/N, such as 0/4 for the first of four".to_owned()),
            Some((index, count)) if index >= count => Err(format!(
                "shards are counted from 0: the last of {count} is {}/{count}",
                count - 1
            )),
            Some((index, count)) => Ok(Shard { index, count }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_organization_is_in_exactly_one_shard(name in "[a-z0-9_.-]{2,20}", count in 1..50_u64) {
            let holding = (0..count).filter(|index| Shard { index: *index, count }.holds(&name));
            prop_assert_eq!(holding.count(), 1);
        }
    }

    /// `printf acme | sha256sum` begins with 822b33ad87c148a0.
    #[test]
    fn anybody_can_compute_the_shard_of_a_name() {
        let number = 0x822b_33ad_87c1_48a0_u64;
        for count in 1..20 {
            let index = number % count;
            assert!(Shard { index, count }.holds("acme"), "{count}");
        }
    }

    #[test]
    fn shards_are_counted_from_0() {
        assert_eq!("3/4".parse::<Shard>().unwrap().to_string(), "3/4");
        for wrong in ["4/4", "0/0", "1", "a/b", "-1/4", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
