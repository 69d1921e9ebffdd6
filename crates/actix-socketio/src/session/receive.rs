//! What a session does with each message: it feeds the engine, and notes who waits for an answer.
//! Part of [`super::Session`].

use actix::{ActorFutureExt as _, AsyncContext as _, Context, Handler, WrapFuture as _};
use socketio_proto::engineio::session::{Input, SocketEnd};
use socketio_proto::engineio::{CarrierId, Sink};

use super::Session;
use super::messages::{
    CarrierGone, Poll, PostBegun, PostEnd, PostEnded, Shutdown, SocketFailed, SocketFrames,
    SocketOpened,
};
use crate::handler::DisconnectReason;
use crate::transport::Parted;

impl Session {
    /// Feeds `input` when the request or WebSocket `id` is gone, however it went.
    fn watch(&self, id: CarrierId, parted: Parted, input: Input, ctx: &mut Context<Self>) {
        let parted = parted.wait().into_actor(self);
        ctx.spawn(parted.map(move |(), _, ctx| {
            #[expect(
                clippy::disallowed_methods,
                reason = "one for each carrier, which took its place in the mailbox"
            )]
            ctx.address().do_send(CarrierGone { id, input });
        }));
    }
}

impl Handler<Poll> for Session {
    type Result = ();

    fn handle(&mut self, Poll { id, answer, parted }: Poll, ctx: &mut Self::Context) {
        self.guarded(ctx, |act, ctx| {
            act.links.add_poll(id, answer);
            act.watch(id, parted, Input::PollGone(id), ctx);
            act.feed(Input::Poll(id));
        });
    }
}

impl Handler<PostBegun> for Session {
    type Result = ();

    fn handle(&mut self, PostBegun { id, answer, parted }: PostBegun, ctx: &mut Self::Context) {
        self.guarded(ctx, |act, ctx| {
            act.links.add_post(id, answer);
            act.watch(id, parted, Input::PostBroken(id), ctx);
            act.feed(Input::PostBegun(id));
        });
    }
}

impl Handler<PostEnded> for Session {
    type Result = ();

    fn handle(&mut self, PostEnded { id, end }: PostEnded, ctx: &mut Self::Context) {
        self.guarded(ctx, |act, _| {
            act.feed(match end {
                PostEnd::Body(body) => Input::PostBody(id, body),
                PostEnd::TooLarge => Input::PostRefused(id),
                PostEnd::Broken => Input::PostBroken(id),
            });
        });
    }
}

impl Handler<SocketOpened> for Session {
    type Result = ();

    fn handle(
        &mut self,
        SocketOpened { id, socket, parted }: SocketOpened,
        ctx: &mut Self::Context,
    ) {
        self.guarded(ctx, |act, ctx| {
            act.links.add_socket(id, socket);
            act.watch(id, parted, Input::SocketGone(id, SocketEnd::Closed), ctx);
            if act.engine.sink() != Some(Sink::Socket(id)) {
                act.feed(Input::SocketOpened(id));
            }
        });
    }
}

impl Handler<SocketFrames> for Session {
    type Result = ();

    fn handle(
        &mut self,
        SocketFrames { id, frames, taken }: SocketFrames,
        ctx: &mut Self::Context,
    ) {
        self.guarded(ctx, |act, _| {
            act.links.hold_frames(taken);
            frames
                .into_iter()
                .for_each(|frame| act.feed(Input::SocketFrame(id, frame)));
        });
    }
}

impl Handler<CarrierGone> for Session {
    type Result = ();

    fn handle(&mut self, CarrierGone { id, input }: CarrierGone, ctx: &mut Self::Context) {
        self.guarded(ctx, |act, _| {
            act.links.remove(id);
            act.feed(input);
        });
    }
}

impl Handler<SocketFailed> for Session {
    type Result = ();

    fn handle(&mut self, SocketFailed(id): SocketFailed, ctx: &mut Self::Context) {
        self.guarded(ctx, |act, _| {
            act.feed(Input::SocketGone(id, SocketEnd::Failed));
        });
    }
}

impl Handler<Shutdown> for Session {
    type Result = ();

    fn handle(&mut self, _: Shutdown, ctx: &mut Self::Context) {
        self.guarded(ctx, |act, _| {
            act.finish_all(DisconnectReason::ServerShuttingDown);
            act.close_gracefully();
        });
    }
}
