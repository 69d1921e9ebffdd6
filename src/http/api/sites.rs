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
    operations::NewSite,
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
