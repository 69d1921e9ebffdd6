use serde_json::Value;

use super::*;

#[test]
fn every_route_is_in_the_document() {
    let document = document();
    let mut count = 0;
    for table in tables() {
        for endpoint in table.endpoints {
            let path = format!("{}{}", table.prefix, endpoint.path);
            let method = endpoint.method.as_str().to_lowercase();
            let operation = &document["paths"][&path][&method];
            assert_eq!(
                operation["summary"], endpoint.doc.summary,
                "{method} {path}"
            );
            assert_ne!(endpoint.doc.summary, "", "{method} {path}");
            count += 1;
        }
    }
    let paths = document["paths"].as_object().expect("paths").values();
    let documented: usize = paths
        .map(|methods| methods.as_object().map_or(0, Map::len))
        .sum();
    assert_eq!(documented, count);
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|field| references(field, found));
            }
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("of this document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn operations_have_ids_of_their_own() {
    let document = document();
    let paths = document["paths"].as_object().expect("paths").values();
    let mut ids: Vec<&str> = paths
        .flat_map(|methods| methods.as_object().expect("methods").values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    assert!(ids.contains(&"get_units_id_readings"), "{ids:?}");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
