//! `/users`: who is a member.

use actix_web::web;

use crate::{
    domain::Action,
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
    },
    storage::users::User,
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/users", web::to(list))
            .says("The members, in the order of their ids")
            .needs(Action::ReadUsers)
            .lists::<User>(),
        Endpoint::get("/users/{id}", web::to(one))
            .says("A member")
            .needs(Action::ReadUsers)
            .gives_resource::<User>(),
    ]
}

async fn list(call: Call) -> Answer {
    let mut query = call.query()?;
    let page = call.page_in(&mut query);
    query.finish()?;
    let operations = &call.state.operations;
    let found = operations.users(&call.who, page.after, page.rows()).await?;
    page.answer(found, |user| user.id)
}

async fn one(call: Call) -> Answer {
    let user = call.id()?;
    call.no_query()?;
    answer::resource(&call.state.operations.user(&call.who, user).await?)
}
