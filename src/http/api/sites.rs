//! `/sites`: places with one time zone each.

use actix_web::web::{self, Payload};

use crate::{
    domain::Action,
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
        fields::Fields,
    },
    operations::{NewSite, SiteChange},
    storage::sites::{self, Site},
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/sites", web::to(list))
            .says("The sites, in the order of their ids")
            .lists::<Site>(),
        Endpoint::get("/sites/{id}", web::to(one))
            .says("A site")
            .gives_resource::<Site>(),
        Endpoint::post("/sites", web::to(create))
            .says("Makes a site")
            .needs(Action::ManageTree)
            .takes(new_site)
            .makes::<Site>(),
        Endpoint::patch("/sites/{id}", web::to(change))
            .says("Changes a site; what is absent stays")
            .needs(Action::ManageTree)
            .takes(site_change)
            .gives_resource::<Site>(),
        Endpoint::delete("/sites/{id}", web::to(delete))
            .says("Removes a site that nothing lies or lay in")
            .needs(Action::ManageTree),
    ]
}

async fn list(call: Call) -> Answer {
    call.list(sites::list, |site| site.id).await
}

async fn one(call: Call) -> Answer {
    call.one(sites::get).await
}

async fn create(call: Call, payload: Payload) -> Answer {
    let new = call.body(payload, new_site).await?;
    let site = call.state.operations.create_site(&call.who, new).await?;
    answer::created(&format!("/api/v1/sites/{}", site.id), &site)
}

/// `{"name":"Main Street","timezone":"Europe/Berlin"}`
fn new_site(fields: &mut Fields) -> Option<NewSite> {
    let name = fields.required("name");
    let timezone = fields.required("timezone");
    Some(NewSite {
        name: name?,
        timezone: timezone?,
    })
}

async fn change(call: Call, payload: Payload) -> Answer {
    let (id, expected, change) = call.change(payload, site_change).await?;
    let operations = &call.state.operations;
    let changed = operations.change_site(&call.who, id, change, |seen| expected.holds_for(seen));
    answer::resource(&changed.await?)
}

async fn delete(call: Call) -> Answer {
    let id = call.id()?;
    let expected = call.precondition();
    let operations = &call.state.operations;
    let deleted = operations.delete_site(&call.who, id, |seen| expected.holds_for(seen));
    deleted.await?;
    answer::nothing()
}

fn site_change(fields: &mut Fields) -> SiteChange {
    SiteChange {
        name: fields.replaced("name"),
        timezone: fields.replaced("timezone"),
    }
}
