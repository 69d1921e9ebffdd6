//! Rules: one per scope, acting at once on what is known.

use super::*;
use crate::{
    domain::{Rule, RuleId, RuleScope, UnitStatus},
    storage::writer::job::{Edited, RuleEdit, RuleWrite},
};

on_both_backends!(
    a_new_rule_judges_the_last_known_reading,
    a_scope_has_one_rule,
    a_rule_of_another_organization_does_nothing,
);

impl Store {
    fn rule(&self, scope: RuleScope, max: f64) -> Rule {
        Rule {
            id: RuleId(self.time.clock().new_id()),
            scope,
            scope_id: match scope {
                RuleScope::Organization => self.ours.organization.0,
                RuleScope::Site => self.ours.site.0,
                RuleScope::Unit => self.ours.fridges[0].0,
            },
            min_temperature: None,
            max_temperature: Some(max),
            hysteresis: None,
            confirm_high_seconds: None,
            confirm_low_seconds: None,
        }
    }

    async fn write(&self, write: RuleWrite) -> Edited {
        let edit = RuleEdit {
            organization_id: self.ours.organization,
            write,
            now: self.now(),
        };
        self.database
            .writer()
            .write_rule(edit)
            .await
            .expect("answered")
    }
}

async fn a_new_rule_judges_the_last_known_reading(store: Store) {
    store.measure(4.0).await;
    for (scope, max, status) in [
        (RuleScope::Organization, 3.0, UnitStatus::Excursion),
        (RuleScope::Site, 6.0, UnitStatus::Ok),
        (RuleScope::Unit, 2.0, UnitStatus::Excursion),
    ] {
        assert_eq!(
            store.write(RuleWrite::Create(store.rule(scope, max))).await,
            Edited::Done
        );
        let unit = store.unit().await;
        assert_eq!(
            (unit.status, unit.effective_rule.max_temperature),
            (status, Some(max)),
            "{scope}"
        );
    }
    assert_eq!(
        store
            .told()
            .iter()
            .filter(|line| *line == "data:updated")
            .count(),
        3
    );
}

async fn a_scope_has_one_rule(store: Store) {
    let rule = store.rule(RuleScope::Unit, 3.0);
    assert_eq!(
        store.write(RuleWrite::Create(rule.clone())).await,
        Edited::Done
    );
    assert_eq!(
        store
            .write(RuleWrite::Create(store.rule(RuleScope::Unit, 4.0)))
            .await,
        Edited::Conflict
    );
    let new = Rule {
        max_temperature: Some(7.0),
        ..rule.clone()
    };
    let replace = RuleWrite::Replace { seen: rule, new };
    assert_eq!(store.write(replace.clone()).await, Edited::Done);
    assert_eq!(
        store.write(replace).await,
        Edited::Conflict,
        "what was seen is no more"
    );
    assert_eq!(store.unit().await.effective_rule.max_temperature, Some(7.0));
}

async fn a_rule_of_another_organization_does_nothing(store: Store) {
    store.measure(4.0).await;
    let rule = Rule {
        scope_id: store.theirs.site.0,
        ..store.rule(RuleScope::Site, 1.0)
    };
    let edit = RuleEdit {
        organization_id: store.theirs.organization,
        write: RuleWrite::Create(rule),
        now: store.now(),
    };
    store
        .database
        .writer()
        .write_rule(edit)
        .await
        .expect("answered");
    assert_eq!(store.unit().await.status, UnitStatus::Ok);
}
