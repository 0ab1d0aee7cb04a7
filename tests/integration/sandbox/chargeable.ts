import { METHODS } from "../../../sandbox/midtrans/methods.ts";

const PARTS: Record<string, object> = {
  ovo: { ovo: { payer_phone_number: "08120000001" } },
  echannel: { echannel: { bill_info1: "Payment:", bill_info2: "Online" } },
};
/** What pay-later companies must know of the buyer. */
export const CREDIT = { customer_details: { first_name: "Siti", email: "siti@example.com", phone: "08120000001" } };

/** Methods that /v2/charge knows, cards aside, each with the body that charges it. */
export const CHARGEABLE = METHODS.filter(({ code }) => !/danamon|bsi|seabank|saqu|credit_card/.test(code)).map(
  (method) => {
    const { paymentType: type, bank, code, group } = method;
    const part = bank && type === "bank_transfer" ? { bank_transfer: { bank } } : PARTS[type];
    const own = part ?? (type === "cstore" ? { cstore: { store: code } } : {});
    const body = (orderId: string, amount: number): object => {
      const items = [{ id: "SKU-1", name: "Kopi", price: amount, quantity: 1 }];
      const details = { transaction_details: { order_id: orderId, gross_amount: amount } };
      return {
        payment_type: type,
        ...details,
        ...own,
        ...(group === "credit" ? { ...CREDIT, item_details: items } : {}),
      };
    };
    return { ...method, body };
  },
);
