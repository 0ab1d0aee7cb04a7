import { Migration } from "@mikro-orm/migrations";

/** Which of his saved cards a customer chose for a try: it is charged without a page. */
export class Migration20261120000870_savedCardTries extends Migration {
  override up(): void {
    this.addSql(
      // null: another method
      `alter table payment_transactions add column saved_card_id uuid references saved_cards (id)
         check (saved_card_id is null or method = 'SAVED_CARD')`,
    );
    this.addSql(
      `create index payment_transactions_saved_card on payment_transactions (saved_card_id)
        where saved_card_id is not null`,
    );
  }
}
