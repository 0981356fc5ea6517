//! Durations, sizes and percentages as people write them.

use std::fmt;

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Duration {
    /// How many seconds.
    pub seconds: u64,
}

/// Seconds per unit, the longest first.
const DURATION_UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Duration {
    /// Pairs a number with its unit.
    pub const fn from_seconds(seconds: u64) -> Self {
        Duration { seconds }
    }

    /// Reads `2w`, `30d`, `6h`, `10m`, `45s` or plain seconds. The error says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        let accepted = || "write a number and one of s, m, h, d, w: `6h`, `30d`, `2w`, or plain seconds".to_owned();
        let (number, unit) = split_unit(text).ok_or_else(accepted)?;
        let factor = match unit {
            "" => 1,
            _ => {
                DURATION_UNITS
                    .iter()
                    .find(|(name, _)| unit.chars().eq([*name]))
                    .ok_or_else(accepted)?
                    .1
            }
        };
        // The registry keeps seconds in 32 bits.
        let seconds = number.checked_mul(factor).filter(|seconds| *seconds <= i32::MAX as u64);
        seconds
            .map(Self::from_seconds)
            .ok_or_else(|| "that is too long; write at most 3550w".to_owned())
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, factor): &&(char, u64)| self.seconds.is_multiple_of(*factor);
        match DURATION_UNITS.iter().find(fits).filter(|_| self.seconds > 0) {
            Some((unit, factor)) => write!(formatter, "{}{unit}", self.seconds / factor),
            None => write!(formatter, "0"),
        }
    }
}

/// A size in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Bytes {
    /// How many bytes.
    pub bytes: u64,
}

const PREFIXES: &str = "KMGTPE";

impl Bytes {
    /// Pairs a number with its unit.
    pub const fn new(bytes: u64) -> Self {
        Bytes { bytes }
    }

    /// Reads `500 GiB`, `10GB`, `1Ti` or plain bytes, as the registry does. The error says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        let accepted = || {
            "write a whole number and a unit: KiB, MiB, GiB, TiB (by 1024) or KB, MB, GB, TB (by 1000), as in `500 GiB`"
                .to_owned()
        };
        let (number, unit) = split_unit(text).ok_or_else(accepted)?;
        let mut letters = unit.chars();
        let factor = match letters.next() {
            None => 1,
            Some('B') if letters.as_str().is_empty() => 1,
            Some(prefix) => {
                let power = PREFIXES.find(prefix).ok_or_else(accepted)? as u32 + 1;
                match letters.as_str() {
                    "i" | "iB" => 1024_u64.pow(power),
                    "" | "B" => 1000_u64.pow(power),
                    _ => return Err(accepted()),
                }
            }
        };
        // The registry keeps sizes in 64 bits with a sign.
        let bytes = number.checked_mul(factor).filter(|bytes| *bytes <= i64::MAX as u64);
        bytes
            .map(Self::new)
            .ok_or_else(|| "that is too large; write less than 8 EiB".to_owned())
    }
}

impl fmt::Display for Bytes {
    /// The shortest exact way to write it; by 1024 where both are as short.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shortest = (self.bytes, String::from(" B"));
        for (base, suffix) in [(1024_u64, "iB"), (1000, "B")] {
            for (prefix, power) in PREFIXES.chars().zip(1..) {
                let factor = base.pow(power);
                if self.bytes > 0 && self.bytes.is_multiple_of(factor) && self.bytes / factor < shortest.0 {
                    shortest = (self.bytes / factor, format!(" {prefix}{suffix}"));
                }
            }
        }
        write!(formatter, "{}{}", shortest.0, shortest.1)
    }
}

/// A share in whole percent, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Percent {
    /// How many hundredths.
    pub percent: u8,
}

impl Percent {
    /// Reads `80%` or `80`. The error says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        let accepted = || "write a whole percentage from 1% to 100%, as in `80%`".to_owned();
        let (number, unit) = split_unit(text).ok_or_else(accepted)?;
        match u8::try_from(number) {
            Ok(percent @ 1..=100) if matches!(unit, "" | "%") => Ok(Percent { percent }),
            _ => Err(accepted()),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}%", self.percent)
    }
}

/// A moment in UTC, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment {
    /// Seconds since 1970.
    pub seconds: i64,
}

impl Moment {
    /// Reads the registry's own form, `2026-01-01T00:00:00Z`. The error says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_exact = |moment: &Moment| moment.to_string() == text;
        Self::parse_echoed(text)
            .filter(is_exact)
            .ok_or_else(|| "write the date and time in UTC exactly like `2026-01-01T00:00:00Z`".to_owned())
    }

    /// Reads what the registry answers, which may carry fractions of a second; they are dropped.
    pub fn parse_echoed(text: &str) -> Option<Self> {
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        Some(Moment {
            seconds: timestamp.as_second(),
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.seconds) {
            Ok(timestamp) => write!(formatter, "{timestamp}"),
            Err(_) => write!(formatter, "{} s after 1970", self.seconds),
        }
    }
}

/// When something ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiration {
    /// It does not.
    Never,
    /// At this moment.
    At(Moment),
}

impl Expiration {
    /// Reads `never` or a moment. The error says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "never" => Ok(Expiration::Never),
            text => Moment::parse(text)
                .map(Expiration::At)
                .map_err(|error| format!("{error}, or `never`")),
        }
    }
}

impl fmt::Display for Expiration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expiration::Never => formatter.write_str("never"),
            Expiration::At(moment) => write!(formatter, "{moment}"),
        }
    }
}

/// `500 GiB` to 500 and `GiB`: digits, at most one blank, the rest.
fn split_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let unit = text[digits..].strip_prefix(' ').unwrap_or(&text[digits..]);
    let number = text[..digits].parse().ok()?;
    (digits == text.len() || !unit.is_empty()).then_some((number, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_shown_in_their_most_natural_unit() {
        for (text, seconds, shown) in [
            ("2w", 1_209_600, "2w"),
            ("14d", 1_209_600, "2w"),
            ("6h", 21_600, "6h"),
            ("36h", 129_600, "36h"),
            ("90", 90, "90s"),
            ("10 m", 600, "10m"),
            ("0", 0, "0"),
            ("0s", 0, "0"),
        ] {
            let duration = Duration::parse(text).unwrap();
            assert_eq!(
                (duration.seconds, duration.to_string().as_str()),
                (seconds, shown),
                "{text}"
            );
        }
        for wrong in [
            "",
            "w",
            "-1d",
            "1.5h",
            "2 weeks",
            "2W",
            "1d12h",
            "6h ",
            " 6h",
            "99999999w",
            "99999999999999999999",
        ] {
            assert!(Duration::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read_like_the_registry_does() {
        for (text, bytes, shown) in [
            ("500 GiB", 500 << 30, "500 GiB"),
            ("10GB", 10_000_000_000, "10 GB"),
            ("10G", 10_000_000_000, "10 GB"),
            ("1Ti", 1 << 40, "1 TiB"),
            ("1024", 1024, "1 KiB"),
            ("100 B", 100, "100 B"),
            ("0", 0, "0 B"),
            ("1500 MiB", 1500 << 20, "1500 MiB"),
        ] {
            let size = Bytes::parse(text).unwrap();
            assert_eq!((size.bytes, size.to_string().as_str()), (bytes, shown), "{text}");
        }
        for wrong in ["", "GiB", "1.5 GiB", "10 gib", "10 GiBB", "8 EiB", "1 ZB", "-1"] {
            assert!(Bytes::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn percentages_and_moments_are_exact() {
        assert_eq!(Percent::parse("80%").unwrap().to_string(), "80%");
        assert_eq!(Percent::parse("80").unwrap(), Percent { percent: 80 });
        for wrong in ["0%", "101%", "80.5%", "%", "80 percent"] {
            assert!(Percent::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Moment::parse("2026-01-01T00:00:00Z").unwrap().seconds, 1_767_225_600);
        for wrong in [
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+00:00",
            "2026-02-30T00:00:00Z",
            "2026-01-01t00:00:00z",
        ] {
            assert!(Moment::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            Moment::parse_echoed("2026-01-01T00:00:00.123456Z"),
            Moment::parse("2026-01-01T00:00:00Z").ok()
        );
    }
}
