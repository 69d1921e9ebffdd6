//! One request of the REST API on its way: who calls, and the steps that all resources share.

use std::str::FromStr;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    web::{self, Data},
};
use futures_util::{FutureExt as _, future::LocalBoxFuture};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    auth::Identity,
    domain::{Code, OrganizationId},
    storage::{Conn, StoreError},
};

use super::{
    answer, body, etag::Precondition, fields::Fields, page::Page, problem::Problem, query::Query,
    state::State, who::Who,
};

/// What a handler gives.
pub(super) type Answer = Result<HttpResponse, Problem>;

/// A request of somebody whose token holds; checked before anything else of it is looked at.
pub(super) struct Call {
    pub(super) state: Data<State>,
    pub(super) who: Identity,
    request: HttpRequest,
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let Who(who) = Who::extract(&request).await?;
            Ok(Self {
                state: state(&request)?,
                who,
                request,
            })
        }
        .boxed_local()
    }
}

/// What handlers work with.
pub(super) fn state(request: &HttpRequest) -> Result<Data<State>, Problem> {
    let state = request.app_data::<Data<State>>().cloned();
    state.ok_or_else(|| Problem::new(Code::Internal, "the server is not set up"))
}

impl Call {
    /// The only organization whose data this call may see.
    pub(super) const fn organization(&self) -> OrganizationId {
        self.who.organization_id
    }

    /// The id in the path, `{id}`. What is no id is nobody's: not found, like an unknown one.
    pub(super) fn id<T: FromStr>(&self) -> Result<T, Problem> {
        let id = self.request.match_info().query("id");
        id.parse().map_err(|_| Problem::not_found())
    }

    /// The parameters of the URL.
    pub(super) fn query(&self) -> Result<Query, Problem> {
        Query::of(&self.request)
    }

    /// Refuses any parameter.
    pub(super) fn no_query(&self) -> Result<(), Problem> {
        self.query()?.finish()
    }

    /// Which page is wanted; the query must be whole still.
    pub(super) fn page_in<Key: Serialize + DeserializeOwned>(
        &self,
        query: &mut Query,
    ) -> Page<Key> {
        Page::of(&self.request, query, self.organization())
    }

    /// The body as `read` takes it, with every mistake told.
    pub(super) async fn body<T>(
        &self,
        payload: web::Payload,
        read: impl FnOnce(&mut Fields) -> Option<T>,
    ) -> Result<T, Problem> {
        let mut fields = body::object(&self.request, payload).await?;
        let value = read(&mut fields);
        fields.finish(value)
    }

    /// What the resource must be before it is changed.
    pub(super) fn precondition(&self) -> Precondition {
        Precondition::of(&self.request)
    }

    /// What a change of the resource in the path consists of: its id, what it must be before, and the body.
    pub(super) async fn change<Id: FromStr, T>(
        &self,
        payload: web::Payload,
        read: impl FnOnce(&mut Fields) -> T,
    ) -> Result<(Id, Precondition, T), Problem> {
        let id = self.id()?;
        let change = self.body(payload, |fields| Some(read(fields))).await?;
        Ok((id, self.precondition(), change))
    }

    /// A list without filters: one page of what `read` gives after a key, each item with its `key`.
    pub(super) async fn list<T, Key>(
        &self,
        read: impl AsyncFnOnce(
            &mut Conn,
            OrganizationId,
            Option<Key>,
            i64,
        ) -> Result<Vec<T>, StoreError>,
        key: impl Fn(&T) -> Key,
    ) -> Answer
    where
        T: Serialize,
        Key: Serialize + DeserializeOwned,
    {
        let mut query = self.query()?;
        let mut page = self.page_in(&mut query);
        query.finish()?;
        let mut conn = self.state.database.read().await?;
        let after = page.after.take();
        let items = read(&mut conn, self.organization(), after, page.rows()).await?;
        page.answer(items, key)
    }

    /// The resource of the id in the path, with its `ETag`.
    pub(super) async fn one<T, Id>(
        &self,
        read: impl AsyncFnOnce(&mut Conn, OrganizationId, Id) -> Result<Option<T>, StoreError>,
    ) -> Answer
    where
        T: Serialize,
        Id: FromStr,
    {
        let id = self.id()?;
        self.no_query()?;
        let mut conn = self.state.database.read().await?;
        let found = read(&mut conn, self.organization(), id).await?;
        answer::resource(&found.ok_or_else(Problem::not_found)?)
    }
}
