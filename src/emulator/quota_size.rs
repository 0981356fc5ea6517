//! Sizes of quotas as texts: `10.0 GiB` in answers, `10 GiB`, `10GB` or `10` in requests (behaviour.md, 8).

/// The form of a size in a request, as the server's schema has it.
pub(super) const PATTERN: &str =
    r"^(\d+\s?(B|KiB|MiB|GiB|TiB|PiB|EiB|ZiB|YiB|Ki|Mi|Gi|Ti|Pi|Ei|Zi|Yi|KB|MB|GB|TB|PB|EB|ZB|YB|K|M|G|T|P|E|Z|Y)?)$";

const PREFIXES: [char; 8] = ['K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

/// A number of bytes in the largest binary unit that leaves at least one.
pub(super) fn text(bytes: i64) -> String {
    let mut size = bytes as f64;
    let mut unit = "Byte".to_owned();
    for prefix in PREFIXES {
        if size < 1024.0 {
            break;
        }
        size /= 1024.0;
        unit = format!("{prefix}iB");
    }
    format!("{size:.1} {unit}")
}

/// The bytes of a size that fits [`PATTERN`]; a plain `B` fits the pattern, but the server cannot read it (api.md, 3.7).
pub(super) fn parse(text: &str) -> Option<i128> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: i128 = number.parse().ok()?;
    let unit = unit.trim_start();
    let Some(prefix) = unit.chars().next() else {
        return Some(number);
    };
    let power = PREFIXES.iter().position(|known| *known == prefix)?;
    let base: i128 = if unit[1..].starts_with('i') { 1024 } else { 1000 };
    // Both factors are small enough, unless the number has dozens of digits.
    number.checked_mul(base.pow(u32::try_from(power).ok()? + 1))
}

#[cfg(test)]
mod tests {
    use super::{parse, text};

    #[test]
    fn sizes_are_read_and_shown_as_recorded() {
        assert_eq!(parse("10 GiB"), Some(10_737_418_240));
        assert_eq!(parse("10GB"), Some(10_000_000_000));
        assert_eq!(parse("10"), Some(10));
        assert_eq!(parse("1Ti"), Some(1_099_511_627_776));
        assert_eq!(parse("100B"), None);
        assert_eq!(text(10_000_000_000), "9.3 GiB");
        assert_eq!(text(123_456), "120.6 KiB");
        assert_eq!(text(1000), "1000.0 Byte");
    }
}
