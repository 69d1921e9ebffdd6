//! `/gateways`: what passes the sensors' messages on.

use actix_web::web::{self, Payload};

use crate::{
    domain::Action,
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
        fields::Fields,
    },
    operations::{GatewayChange, NewGateway},
    storage::gateways::{self, Gateway},
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/gateways", web::to(list))
            .says("The gateways, in the order of their ids")
            .lists::<Gateway>(),
        Endpoint::get("/gateways/{id}", web::to(one))
            .says("A gateway")
            .gives_resource::<Gateway>(),
        Endpoint::post("/gateways", web::to(create))
            .says("Makes a gateway known")
            .needs(Action::ManageTree)
            .takes(new_gateway)
            .makes::<Gateway>(),
        Endpoint::patch("/gateways/{id}", web::to(change))
            .says("Changes a gateway; what is absent stays")
            .needs(Action::ManageTree)
            .takes(gateway_change)
            .gives_resource::<Gateway>(),
        Endpoint::delete("/gateways/{id}", web::to(delete))
            .says("Removes a gateway")
            .needs(Action::ManageTree),
    ]
}

async fn list(call: Call) -> Answer {
    call.list(gateways::list, |gateway| gateway.id).await
}

async fn one(call: Call) -> Answer {
    call.one(gateways::get).await
}

async fn create(call: Call, payload: Payload) -> Answer {
    let new = call.body(payload, new_gateway).await?;
    let operations = &call.state.operations;
    let gateway = operations.create_gateway(&call.who, new).await?;
    answer::created(&format!("/api/v1/gateways/{}", gateway.id), &gateway)
}

/// `{"siteId":"…","gatewayId":"kitchen-gateway","name":"Kitchen"}`
fn new_gateway(fields: &mut Fields) -> Option<NewGateway> {
    let site_id = fields.required("siteId");
    let gateway_id = fields.required("gatewayId");
    let name = fields.required("name");
    Some(NewGateway {
        site_id: site_id?,
        gateway_id: gateway_id?,
        name: name?,
    })
}

fn gateway_change(fields: &mut Fields) -> GatewayChange {
    GatewayChange {
        site_id: fields.replaced("siteId"),
        gateway_id: fields.replaced("gatewayId"),
        name: fields.replaced("name"),
    }
}

async fn change(call: Call, payload: Payload) -> Answer {
    let (id, expected, change) = call.change(payload, gateway_change).await?;
    let operations = &call.state.operations;
    let changed = operations.change_gateway(&call.who, id, change, |seen| expected.holds_for(seen));
    answer::resource(&changed.await?)
}

async fn delete(call: Call) -> Answer {
    let id = call.id()?;
    let expected = call.precondition();
    let operations = &call.state.operations;
    let deleted = operations.delete_gateway(&call.who, id, |seen| expected.holds_for(seen));
    deleted.await?;
    answer::nothing()
}
