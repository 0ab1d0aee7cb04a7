import type { Request } from "express";
import type { Answer } from "../answer.ts";
import { wib } from "../clock.ts";
import { gramsOf } from "../komerce/pickup.ts";
import { placeById } from "../komerce/tariffs.ts";
import { findParcel, type Tracked } from "../komerce/tracking.ts";
import { WORDS } from "../komerce/words.ts";
import type { Sandbox } from "../sandbox.ts";
import { fail, ok } from "./envelope.ts";
import { COURIERS, TARIFFS } from "./tariffs.ts";

/** Couriers whose waybills this API does not track (rajaongkir.md 2.1). */
const NOT_TRACKED: readonly string[] = ["sicepat", "ide", "sentral", "rex"];

/** The delivery API's name of a courier (2.2). */
const deliveryName = (code: string): string => (code === "ide" ? "IDEXPRESS" : code.toUpperCase());

const PHONE_DIGITS = 5;

/** From query or form: both work for integrators (1.2). */
function field(req: Request, name: string): string {
  const form = (req.body ?? {}) as Record<string, unknown>;
  const value = req.query[name] ?? form[name];
  return typeof value === "string" ? value.trim() : "";
}

/** Why the digits will not do, for the courier that needs them (3.1); the real text is not known. */
function phoneFault(courier: string, digits: string, parcel: Tracked | null): Answer | null {
  if (courier !== "jne") return null;
  if (!/^\d+$/.test(digits)) return fail(400, "last_phone_number is required");
  const phone = parcel?.shipment?.request.receiver_phone.slice(-PHONE_DIGITS);
  return phone === undefined || phone === digits ? null : fail(400, "last_phone_number is invalid");
}

function manifest({ scans }: Tracked): object[] {
  // Newest first: nothing promises an order (3.1).
  return scans
    .map(({ at, code, description, city }) => {
      const [date = "", time = ""] = wib(at).split(" ");
      return {
        manifest_code: code,
        manifest_description: description,
        manifest_date: date,
        manifest_time: time.slice(0, 5),
        city_name: city,
      };
    })
    .reverse();
}

function summary(parcel: Tracked, courier: string): Record<string, string> {
  const { shipment, awb, scans } = parcel;
  const request = shipment?.request;
  return {
    courier_code: courier,
    courier_name: TARIFFS.find(({ code }) => code === courier)?.name ?? courier,
    waybill_number: awb,
    service_code: request?.shipping_type ?? "REG",
    waybill_date: wib(scans[0]?.at ?? 0).slice(0, 10),
    shipper_name: request?.shipper_name ?? "TOKO CONTOH",
    receiver_name: (request?.receiver_name ?? "BUDI").toUpperCase(),
    origin: (request && placeById(request.shipper_destination_id)?.city_name) ?? "JAKARTA",
    destination: (request && placeById(request.receiver_destination_id)?.city_name) ?? "SURABAYA",
    status: parcel.words ?? WORDS[parcel.stage].waybill ?? "",
  };
}

function details(parcel: Tracked, told: Record<string, string>): Record<string, string> {
  const names = ["waybill_number", "waybill_date", "origin", "destination", "shipper_name", "receiver_name"];
  const kept = Object.fromEntries(names.map((name) => [name, told[name] ?? ""]));
  const empty = [1, 2, 3].flatMap((line) => [`shipper_address${line}`, `receiver_address${line}`]);
  const grams = parcel.shipment ? gramsOf(parcel.shipment) : 1_000;
  return {
    ...kept,
    waybill_time: wib(parcel.scans[0]?.at ?? 0).slice(11),
    weight: String(grams / 1_000),
    shipper_city: told["origin"] ?? "",
    receiver_city: told["destination"] ?? "",
    ...Object.fromEntries(empty.map((name) => [name, ""])),
  };
}

function deliveryStatus(parcel: Tracked, status: string, receiver: string): Record<string, string> {
  const end = WORDS[parcel.stage].isOver ? parcel.scans.at(-1) : undefined;
  const [date = "", time = ""] = end && parcel.stage === "delivered" ? wib(end.at).split(" ") : [];
  return { status, pod_receiver: date === "" ? "" : receiver, pod_date: date, pod_time: time.slice(0, 5) };
}

/**
 * POST /track/waybill (rajaongkir.md 3.1). Not found is the answer to a typo, to another courier's number and to a
 * parcel that was not scanned yet. A parcel that went back to its sender is flagged delivered: nobody says that it is
 * not (3.4, "Boolean trap").
 */
export function waybill(sandbox: Sandbox, req: Request, met: string | undefined): Answer {
  const [awb, courier, digits] = [
    field(req, "awb"),
    field(req, "courier").toLowerCase(),
    field(req, "last_phone_number"),
  ];
  if (awb === "" || courier === "") return fail(400, "Missing Params");
  if (!COURIERS.includes(courier)) return fail(422, "Invalid Courier");
  const isHidden = met === "not_found" || NOT_TRACKED.includes(courier);
  const parcel = isHidden ? null : findParcel(sandbox, awb, (shipping) => shipping === deliveryName(courier));
  const fault = phoneFault(courier, digits, parcel);
  if (fault) return fault;
  if (!parcel || parcel.scans.length === 0) return fail(404, "Checking AWB not found");
  const told = summary(parcel, courier);
  return ok("Success Get Waybill", {
    delivered: parcel.stage === "delivered" || parcel.stage === "returned",
    summary: told,
    details: details(parcel, told),
    delivery_status: deliveryStatus(parcel, told["status"] ?? "", told["receiver_name"] ?? ""),
    manifest: manifest(parcel),
  });
}
