//! Sizes as other tools write them.

use crate::model::units::Bytes;

const UNITS: [(&str, u64); 9] = [
    ("KIB", 1 << 10),
    ("MIB", 1 << 20),
    ("GIB", 1 << 30),
    ("TIB", 1 << 40),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("B", 1),
];

/// `1.5 TiB`, `100` (bytes) as a manifest writes it; `None` for what is no size.
pub(super) fn size(text: &str) -> Option<String> {
    let upper = text.trim().to_uppercase();
    let unit = UNITS.iter().find(|(unit, _)| upper.ends_with(unit));
    let (number, factor) = match unit {
        Some((unit, factor)) => (upper.trim_end_matches(unit).trim_end(), *factor),
        None => (upper.as_str(), 1),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = u32::try_from(fraction.len()).ok()?;
    let part = fraction.parse::<u64>().ok()?.checked_mul(factor)? / 10_u64.checked_pow(digits)?;
    let bytes = whole.parse::<u64>().ok()?.checked_mul(factor)?.checked_add(part)?;
    Some(Bytes::new(bytes).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_whole_afterwards() {
        for (theirs, ours) in [("1.5 TiB", "1536 GiB"), ("100GB", "100 GB"), ("2mib", "2 MiB")] {
            assert_eq!(size(theirs).as_deref(), Some(ours));
        }
        assert_eq!(size("lots"), None);
    }
}
