//! Tables for spreadsheets.

use crate::access::{On, Row};
use crate::model::Subject;

/// Who may do what: `repository,created_by,sort,subject,role,ways`, one line for each row. What is created later has the
/// organization with `/*` as its repository; ways are separated by `; `.
pub fn access(rows: &[Row]) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["repository", "created_by", "sort", "subject", "role", "ways"])?;
    for row in rows {
        let (repository, created_by) = match &row.on {
            On::Repository(name) => (name.clone(), ""),
            On::NextRepositories {
                organization,
                created_by,
            } => (format!("{organization}/*"), created_by.as_deref().unwrap_or("*")),
        };
        let (sort, subject) = match &row.subject {
            Subject::Anyone => ("anyone", ""),
            Subject::Account(name) if name.contains('+') => ("robot", name.as_str()),
            Subject::Account(name) => ("user", name.as_str()),
            Subject::Team(name) => ("team", name.as_str()),
        };
        let ways: Vec<String> = row
            .ways
            .iter()
            .map(|way| format!("{} by {}", way.role.word(), way.by))
            .collect();
        table.write_record([
            &repository,
            created_by,
            sort,
            subject,
            row.role.word(),
            &ways.join("; "),
        ])?;
    }
    let bytes = table
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
