//! From text to value, key by key. A wrong value is noted and gives `None`, so that the next key is still looked at.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use toml::Value;

use super::mistake::{Layer, Mistake};
use super::raw::RawConfig;
use super::secret;

/// Reads known keys and collects what is wrong with them.
pub(super) struct Checker<'a> {
    raw: &'a RawConfig,
    mistakes: Vec<Mistake>,
    #[cfg(test)]
    pub(super) read: std::collections::BTreeSet<String>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(raw: &'a RawConfig, mistakes: Vec<Mistake>) -> Self {
        Self {
            raw,
            mistakes,
            #[cfg(test)]
            read: std::collections::BTreeSet::new(),
        }
    }

    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }

    /// Notes that what `key` is set to is not allowed.
    pub(super) fn refuse(&mut self, key: &str, allowed: impl Into<String>) {
        let (value, layer) = match self.raw.get(key) {
            Some(setting) => (secret::masked(key, &setting.value), setting.layer.clone()),
            None => ("(not set)".to_owned(), Layer::Default),
        };
        self.note(Mistake {
            key: key.to_owned(),
            value,
            layer,
            allowed: allowed.into(),
        });
    }

    /// Notes a mistake that is not about one key.
    pub(super) fn note(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    /// A whole number within `range`.
    pub(super) fn whole<T>(&mut self, key: &str, range: RangeInclusive<T>) -> Option<T>
    where
        T: TryFrom<i64> + PartialOrd + std::fmt::Display,
    {
        let number = self
            .value(key)
            .and_then(Value::as_integer)
            .and_then(|number| T::try_from(number).ok())
            .filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            self.refuse(
                key,
                format!("must be a whole number from {least} to {most}"),
            );
        }
        number
    }

    /// A whole number of milliseconds within `range`.
    pub(super) fn millis(&mut self, key: &str, range: RangeInclusive<u64>) -> Option<Duration> {
        self.whole(key, range).map(Duration::from_millis)
    }

    /// A whole number of seconds within `range`.
    pub(super) fn seconds(&mut self, key: &str, range: RangeInclusive<u64>) -> Option<Duration> {
        self.whole(key, range).map(Duration::from_secs)
    }

    /// A whole number of days of 24 hours within `range`.
    pub(super) fn days(&mut self, key: &str, range: RangeInclusive<u64>) -> Option<Duration> {
        self.whole(key, range)
            .map(|days| Duration::from_secs(days * 86_400))
    }

    /// A text, possibly empty.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let text = self.value(key).and_then(Value::as_str).map(str::to_owned);
        if text.is_none() {
            self.refuse(key, "must be a text in quotes");
        }
        text
    }

    /// A path; empty is `Some(None)`.
    pub(super) fn optional_path(&mut self, key: &str) -> Option<Option<PathBuf>> {
        let text = self.text(key)?;
        Some((!text.is_empty()).then(|| PathBuf::from(text)))
    }

    /// A text that `parse` understands; what it says otherwise is told to the operator.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(key)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(allowed) => {
                self.refuse(key, allowed);
                None
            }
        }
    }

    /// A list of texts.
    pub(super) fn list(&mut self, key: &str) -> Option<Vec<String>> {
        let texts = self.value(key).and_then(Value::as_array).and_then(|items| {
            items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        });
        if texts.is_none() {
            self.refuse(key, "must be a list of texts in quotes");
        }
        texts
    }

    fn value(&mut self, key: &str) -> Option<&'a Value> {
        #[cfg(test)]
        self.read.insert(key.to_owned());
        self.raw.get(key).map(|setting| &setting.value)
    }
}
