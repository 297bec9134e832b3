"""How the independent server makes bookings and changes them."""

from datetime import datetime, timedelta
from typing import Any

from .independent_reader import Reader
from .independent_site import (
    SITE,
    contact,
    dates,
    guid,
    heads,
    identity,
    moment,
    now,
    paid,
    service_of,
    titled,
    where,
)
from .independent_wire import Json, Refused


class Writer(Reader):
    # Making bookings

    def create(self, asked: Json) -> Json:
        return {"booking": self.made(asked)}

    def bulk(self, asked: Json) -> Json:
        results = []
        for index, info in enumerate(asked["createBookingsInfo"]):
            try:
                made = self.made(info)
                meta = {"success": True, "id": made["id"]}
                whole = {"item": made} if asked.get("returnFullEntity") else {}
            except Refused as no:
                if no.status != 428:
                    raise
                meta, whole = (
                    {"success": False, "error": no.body["details"]["applicationError"]},
                    {},
                )
            results.insert(0, {**whole, "itemMetadata": {**meta, "originalIndex": index}})
        good = sum(one["itemMetadata"]["success"] for one in results)
        return {
            "bulkActionMetadata": {"totalSuccesses": good, "totalFailures": 0},
            "results": results,
        }

    def made(self, info: Json) -> Json:
        asked, flow = info["booking"], info.get("flowControlSettings") or {}
        if asked.get("status") not in (None, "CREATED") and not self.owner:
            raise Refused(403, "UNAUTHORIZED_OPERATION")
        if asked.get("status") == "WAITING_LIST":
            raise Refused(400, None, "booking.status")
        service, entity = self.entity(asked["bookedEntity"], flow)
        booking = {"loyaltyPoints": 3, "id": guid(), "revision": "1", "bookedEntity": entity}
        booking |= {"status": asked.get("status") or "CREATED", "paymentStatus": "UNDEFINED"}
        kept = ("externalUserId", "additionalFields", "participants", "selectedPaymentOption")
        booking |= {key: asked[key] for key in kept if asked.get(key) is not None}
        booking |= {"contactDetails": contact(asked), "createdBy": identity(self.caller)}
        booking |= self.counted(service, asked, None) | {"createdDate": now(), "updatedDate": now()}
        booking |= dates(service, entity)
        option = asked.get("selectedPaymentOption") or "UNDEFINED"
        paid = flow.get("skipSelectedPaymentOptionValidation") or option == "UNDEFINED"
        if not paid and option not in service["payment_options"]:
            raise Refused(428, "VALIDATION_FAILURE")
        if not flow.get("skipAvailabilityValidation") and self.full(service, booking):
            kinds = {"class": "SESSION_CAPACITY_EXCEEDED", "course": "SCHEDULE_CAPACITY_EXCEEDED"}
            raise Refused(428, kinds.get(service["kind"], "SLOT_NOT_AVAILABLE"))
        self.bookings[booking["id"]], self.flow[booking["id"]] = booking, flow
        return booking

    def entity(self, asked: Json, flow: Json) -> tuple[Json, Json]:
        slot, schedule = asked.get("slot"), asked.get("schedule")
        if (slot is None) == (schedule is None):
            raise Refused(400, None, "booking.bookedEntity")
        services = list(SITE["services"].values())
        if slot is None:
            found = [s for s in services if s["schedule_id"] == schedule.get("scheduleId")]
            if not found:
                raise Refused(428, "SCHEDULE_NOT_FOUND")
            if found[0]["kind"] != "course":
                raise Refused(428, "VALIDATION_FAILURE")
            first, last = found[0]["sessions"][0]["start"], found[0]["sessions"][-1]["end"]
            own = {"scheduleId": found[0]["schedule_id"], "serviceId": found[0]["id"]}
            own |= {"timezone": found[0]["timezone"], "firstSessionStart": first}
            return found[0], titled(found[0], schedule={**own, "lastSessionEnd": last})
        known = slot.get("sessionId") or slot.get("eventId")
        held = {one["id"]: (s, one) for s in services for one in s.get("sessions", ())}
        named = next((s for s in services if s["id"] == slot.get("serviceId")), None)
        if known is None and named is not None and named["kind"] == "appointment":
            return named, titled(named, slot=self.appointment(named, slot, flow))
        if known is None and named is not None and named["kind"] == "course":
            raise Refused(428, "VALIDATION_FAILURE")
        if known not in held or (named is not None and held[known][0] is not named):
            raise Refused(428, "SESSION_NOT_FOUND")
        service, session = held[known]
        if service["kind"] == "course":
            raise Refused(428, "VALIDATION_FAILURE")
        own = {"eventId": known, "sessionId": known, "scheduleId": service["schedule_id"]}
        own |= {"startDate": session["start"], "endDate": session["end"]}
        return service, titled(service, slot={"serviceId": service["id"], **own})

    def appointment(self, service: Json, slot: Json, flow: Json) -> Json:
        start, zone = (
            moment(slot.get("startDate"), slot),
            slot.get("timezone") or service["timezone"],
        )
        end = moment(slot.get("endDate"), slot)
        resource = (slot.get("resource") or {}).get("id")
        skips = flow.get("skipAvailabilityValidation")
        if skips and resource is None:
            raise Refused(428, "CAN_NOT_SKIP_AVAILABILITY_VALIDATION_IF_RESOURCE_NOT_PROVIDED")
        grid = service["slots"]
        late = start - datetime.fromisoformat(grid["start"])
        step = timedelta(minutes=grid["step"])
        open_ = not late % step and 0 <= late // step < grid["count"] and end - start == step
        if not skips and (
            not open_ or (resource or service["resource_id"]) != service["resource_id"]
        ):
            raise Refused(428, "SLOT_NOT_AVAILABLE")
        own = {"startDate": start.isoformat(), "endDate": end.isoformat(), "timezone": zone}
        own |= {"serviceId": service["id"], "scheduleId": service["schedule_id"]}
        return {**own, "resource": {"id": service["resource_id"], "name": "The chair"}}

    def full(self, service: Json, booking: Json, but: Json | None = None) -> bool:
        """Whether a booking does not fit beside those that take part; `but` is not counted."""
        kind, place = service["kind"], where(booking)
        takes = (*self.takes, "PENDING") if kind == "appointment" else self.takes
        others = [
            one
            for one in self.bookings.values()
            if one["status"] in takes and one["id"] != booking["id"] and one is not but
        ]
        if kind == "appointment":
            same = [one for one in others if where(one)[0] == place[0]]
            return any(where(one)[1] < place[2] and place[1] < where(one)[2] for one in same)
        if kind == "course":
            seats = service["capacity"]
        else:
            seats = next(s["capacity"] for s in service["sessions"] if s["id"] == place[0])
        return (
            sum(heads(one) for one in others if where(one)[0] == place[0]) + heads(booking) > seats
        )

    def counted(self, service: Json, asked: Json, old: Json | None) -> Json:
        """How many take part, as it was asked for; of old, if nothing was."""
        total, choices = asked.get("totalParticipants"), asked.get("participantsChoices")
        if old is not None and total is choices is None:
            return {
                key: old[key] for key in ("totalParticipants", "participantsChoices") if key in old
            }
        if (total is None) == (choices is None):
            raise Refused(400, None, "totalParticipants")
        if choices is None:
            return {"totalParticipants": total}
        offered = [
            (one["option_id"], value)
            for one in service.get("choices", ())
            for value in one["values"]
        ]
        for group in choices["serviceChoices"]:
            if any(
                (one["optionId"], one.get("custom")) not in offered
                for one in group.get("choices") or [{"optionId": 0}]
            ):
                raise Refused(428, "INVALID_SERVICE_CHOICES")
        return {"participantsChoices": choices}

    # Changing them: each answers what it is to be answered, None the booking, False it as it was

    def confirm(self, booking: Json, asked: Json) -> None:
        if booking["status"] not in ("PENDING", "CREATED", "WAITING_LIST"):
            raise Refused(428, "FAILED_CONFIRMING_NON_PENDING_BOOKING")
        booking |= {"status": "CONFIRMED"} | paid(asked)

    def decline(self, booking: Json, asked: Json) -> None:
        if booking["status"] != "PENDING" or not service_of(booking).get("manual_approval"):
            raise Refused(428, "FAILED_DECLINE_NON_PENDING_BOOKING")
        booking |= {"status": "DECLINED"} | paid(asked)

    def cancel(self, booking: Json, asked: Json) -> Any:
        if booking["status"] in ("CANCELED", "DECLINED"):
            return False
        self.policy(booking, "cancel", asked["flow"].get("ignoreCancellationPolicy"))
        booking["status"] = "CANCELED"
        return None

    def policy(self, booking: Json, deed: str, ignored: Any) -> None:
        if not ignored and service_of(booking).get("policy", {}).get(deed) == "forbidden":
            raise Refused(403, "BOOKING_POLICY_VIOLATION")

    def reschedule(self, booking: Json, asked: Json) -> None:
        service, flow = service_of(booking), asked["flow"]
        if service["kind"] == "course":
            raise Refused(428, "VALIDATION_FAILURE")
        slot = {
            "serviceId": service["id"],
            **{k: v for k, v in asked["slot"].items() if v is not None},
        }
        found, entity = self.entity({"slot": slot}, flow)
        if found is not service:
            raise Refused(428, "SESSION_NOT_FOUND")
        self.policy(booking, "reschedule", flow.get("ignoreReschedulePolicy"))
        moved = {**booking, "bookedEntity": entity, **self.counted(service, asked, booking)}
        moved |= {"id": guid()} | dates(service, entity)  # Its own old seat counts too.
        if not flow.get("skipAvailabilityValidation") and self.full(service, moved):
            raise Refused(428, "SLOT_NOT_AVAILABLE")
        if booking["status"] == "PENDING" and flow.get("skipBusinessConfirmation"):
            moved["status"] = "CONFIRMED"
        for key in ("totalParticipants", "participantsChoices"):
            booking.pop(key, None)
        booking |= moved | {"id": booking["id"]}

    def recount(self, booking: Json, asked: Json) -> None:
        service = service_of(booking)
        counted = self.counted(service, asked, None)
        if service["kind"] == "appointment":
            raise Refused(428, "VALIDATION_FAILURE")
        for key in ("totalParticipants", "participantsChoices"):
            booking.pop(key, None)
        booking |= counted

    def extend(self, booking: Json, asked: Json) -> Json:
        if asked["namespace"] != SITE["target"]["namespace"]:
            raise Refused(400, None, "namespace")
        data = asked.get("namespaceData") or {}
        booking.setdefault("extendedFields", {}).setdefault("namespaces", {})[
            asked["namespace"]
        ] = data
        return {"namespaceData": data, "namespace": asked["namespace"]}

    def decide(self, booking: Json, asked: Json) -> Any:
        if booking["status"] != "CREATED":
            return False
        service, flow = service_of(booking), self.flow[booking["id"]]
        booking |= paid(asked)
        double = not flow.get("skipAvailabilityValidation") and self.full(service, booking)
        if double and booking["paymentStatus"] not in ("PAID", "PARTIALLY_PAID"):
            booking["status"] = "DECLINED"
            return None
        booking |= {"doubleBooked": True} if double else {}
        waits = service.get("manual_approval") and not flow.get("skipBusinessConfirmation")
        booking["status"] = "PENDING" if waits else "CONFIRMED"
        return None
