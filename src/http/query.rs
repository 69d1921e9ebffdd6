//! The query of a URL, taken parameter by parameter; what nobody took is a mistake.

use std::{fmt::Display, str::FromStr};

use actix_web::{HttpRequest, web};

use crate::operations::FieldError;

use super::problem::Problem;

/// Parameters of one request at most; the URL is bounded by the size of the request's head.
const MAX_PARAMETERS: usize = 32;
/// Longest name of an unknown parameter that is quoted, characters.
const MAX_QUOTED_CHARS: usize = 64;

/// A query on its way to typed values.
#[derive(Debug)]
pub(super) struct Query {
    parameters: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Query {
    /// The query of a request.
    ///
    /// # Errors
    /// If it cannot be read, or holds a parameter twice.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let parsed = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let mut parameters = parsed
            .map_err(|_| Problem::invalid("query", "cannot be read"))?
            .into_inner();
        if parameters.len() > MAX_PARAMETERS {
            return Err(Problem::invalid("query", "has too many parameters"));
        }
        parameters.sort();
        let twice = parameters.windows(2).find(|pair| pair[0].0 == pair[1].0);
        if let Some([(name, _), _]) = twice {
            return Err(Problem::invalid(&quoted(name), "is there twice"));
        }
        Ok(Self {
            parameters,
            errors: Vec::new(),
        })
    }

    /// All parameters in the order of their names, but for these.
    pub(super) fn without<'a>(
        &'a self,
        names: &'a [&str],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let kept = |(name, _): &&(String, String)| !names.contains(&name.as_str());
        let parameters = self.parameters.iter().filter(kept);
        parameters.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The text of a parameter.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let place = self
            .parameters
            .iter()
            .position(|(known, _)| known == name)?;
        Some(self.parameters.remove(place).1)
    }

    /// A parameter as a value; `must` says what it must be.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, must: &str) -> Option<T> {
        self.parsed_by(name, must, |text| text.parse().ok())
    }

    /// A parameter as `read` understands it; `must` says what it must be.
    pub(super) fn parsed_by<T>(
        &mut self,
        name: &str,
        must: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(&self.text(name)?);
        if value.is_none() {
            self.errors.push(FieldError::new(name, must));
        }
        value
    }

    /// Notes a mistake that the caller found.
    pub(super) fn refuse(&mut self, name: &str, message: &str) {
        self.errors.push(FieldError::new(name, message));
    }

    /// Whether no parameter was wrong or left over.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in &self.parameters {
            self.errors
                .push(FieldError::new(quoted(name), "is not known"));
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(self.errors.into())
        }
    }
}

/// What a parameter or field must be that has one of these texts.
pub(super) fn one_of<T: Display>(values: &[T]) -> String {
    let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!("must be one of {}", texts.join(", "))
}

fn quoted(name: &str) -> String {
    name.chars().take(MAX_QUOTED_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn query(text: &str) -> Result<Query, Problem> {
        let uri = format!("/x?{text}");
        Query::of(&TestRequest::with_uri(&uri).to_http_request())
    }

    #[test]
    fn parameters_are_decoded_and_parsed() {
        let mut query = query("n=5&text=a%20b%26c").expect("readable");
        assert_eq!(query.parsed::<u8>("n", "must be a number"), Some(5));
        assert_eq!(query.text("text").as_deref(), Some("a b&c"));
        assert_eq!(query.text("absent"), None);
        assert!(query.finish().is_ok());
    }

    #[test]
    fn what_is_wrong_unknown_or_doubled_is_named() {
        let mut wrong = query("n=x&extra=1").expect("readable");
        assert_eq!(wrong.parsed::<u8>("n", "must be a number"), None);
        let told = wrong.finish().expect_err("wrong").to_string();
        assert_eq!(
            told,
            "invalid_payload: n must be a number; extra is not known"
        );
        let doubled = query("n=1&n=2").expect_err("twice").to_string();
        assert_eq!(doubled, "invalid_payload: n is there twice");
    }
}
