package conformance

import (
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
)

func (g *asker) person() any {
	return g.seldom(g.pick("Ann", "ann", "Bo", "bo", "cy", "dee", "Eve", "fay", "gus", "hal", "ida", "jo"))
}

// lead is one condition on leads, aimed at one tenant's rows.
func (g *asker) lead() question {
	if g.IntN(3) > 0 {
		return g.found()
	}
	not := g.pick("", "NOT ")
	switch g.IntN(4) {
	case 0:
		return same("~{mail} <> ?", g.mail())
	case 1:
		return same("~{memo} "+not+"LIKE ?", "%"+g.word())
	case 2:
		return same("~{years} "+not+"BETWEEN ? AND ?", g.number(), g.number())
	}
	return same(g.pick("~n < 10", "~{memo} IS NULL", "~{years} IS NOT NULL"))
}

// found is a condition that is true of no row of another tenant, whatever that holds.
func (g *asker) found() question {
	switch g.IntN(5) {
	case 0:
		return same("~{mail} = ?", g.mail())
	case 1:
		return same("~{mail} IN (?, ?)", g.mail(), g.mail())
	case 2:
		return same("~{memo} LIKE ?", "%"+g.pick(g.word(), "c a", "cab%bb")+"%")
	case 3:
		return same("~{years} BETWEEN ? AND ?", g.number(), g.number())
	}
	return same("~{years} "+g.pick("<", ">=")+" ?", g.number())
}

func (g *asker) ofLeads(from, to int) question {
	tenant, down := 1+g.IntN(2), g.pick("", " DESC")
	theirs := fmt.Sprintf("~tenant_id = %d", tenant)
	all := joined("(%s) AND "+theirs+" AND "+within(from, to), g.where(2, g.lead))
	found := joined("%s⟪⟦ AND "+theirs+"⟧⟫ AND "+within(from, to), g.found())
	var q question
	switch g.IntN(8) {
	case 0:
		q = joined("SELECT count(*), count({memo}), count(DISTINCT {mail}) FROM leads WHERE %s", all)
	case 1:
		q = joined("SELECT id, {years} FROM leads WHERE %s ORDER BY {years}"+down+", id LIMIT 4 OFFSET 1", all)
	case 2:
		q = joined("SELECT MIN({years}), MAX({years}), SUM({years}) FROM leads WHERE %s", all)
	case 3:
		q = same("SELECT a.id, b.id FROM leads a JOIN leads b ON a.{mail} = b.{mail}⟪⟦ AND a.tenant_id = b.tenant_id⟧⟫ WHERE a.n < 8 AND " +
			same(within(from, to)).of("a").text + " AND " + same(within(from, to)).of("b").text)
	case 4, 5:
		q = joined("SELECT "+g.pick("id", "count(*)", "id, {memo}, {mail}")+" FROM leads WHERE %s", found)
		q.tenant = tenant // said by the context alone
	default:
		q = joined("SELECT id, {memo}, {mail}, {years} FROM leads WHERE %s ORDER BY id", all)
	}
	if g.IntN(2) == 0 {
		q.tenant = tenant // said by the context too
	}
	return q.of("leads")
}

// badge is one condition on badges.
func (g *asker) badge() question {
	not := g.pick("", "", "NOT ")
	switch g.IntN(7) {
	case 0, 1:
		return same("~{city} "+g.pick("=", "=", "<>")+" ?", g.city())
	case 2:
		return same("~{city} "+not+"IN (?, ?)", g.city(), g.city())
	case 3:
		return same("~{holder} "+g.pick("=", "<>")+" ?", g.person())
	case 4:
		return same("~{level} "+g.pick("<", ">=")+" ?", g.number())
	}
	return same(g.pick("~n < 10", "~{city} IS NULL", "~{holder} IS NOT NULL", "~{level} IS NULL", "~{city} IN ('bonn', 'Cork')"))
}

// card is one condition on cards.
func (g *asker) card() question {
	not := g.pick("", "", "NOT ")
	switch g.IntN(5) {
	case 0:
		return same("~{owner} "+g.pick("=", "<>")+" ?", g.person())
	case 1:
		return same("~{owner} "+not+"IN (?, ?)", g.person(), g.person())
	case 2:
		return same("~{memo} "+not+"LIKE ?", "%"+g.word()+"%")
	case 3:
		return same("~{years} "+not+"BETWEEN ? AND ?", g.number(), g.number())
	}
	return same(g.pick("~n < 10", "~{owner} IS NULL", "~{memo} IS NOT NULL", "~{years} = 3"))
}

// ofBadges asks for badges, and for the cards of their holders.
func (g *asker) ofBadges(from, to int) question {
	all := joined("(%s) AND "+within(from, to), g.where(2, g.badge)).of("a")
	cards := joined("(%s) AND "+held(from, to), g.where(1, g.card)).of("b")
	down := g.pick("", " DESC")
	switch g.IntN(10) {
	case 0:
		return joined("SELECT count(*), count({city}), count(DISTINCT {holder}) FROM badges a WHERE %s", all)
	case 1:
		return joined("SELECT a.id, a.{level} FROM badges a WHERE %s ORDER BY a.{level}"+down+", a.id LIMIT 5 OFFSET 1", all)
	case 2:
		return joined("SELECT a.id, b.n, b.{owner}, a.{holder} FROM badges a JOIN cards b ON a.{holder} = b.{owner} WHERE a.n < 8 AND %s AND %s", all, cards)
	case 3:
		return joined("SELECT a.id, b.n, a.{city} FROM badges a LEFT JOIN cards b ON b.{owner} = a.{holder} AND b.n < 5 AND %s WHERE %s", cards, all)
	case 4:
		return joined("SELECT a.id FROM badges a WHERE %s AND a.{holder} "+g.pick("", "NOT ")+"IN (SELECT b.{owner} FROM cards b WHERE %s)", all, cards)
	case 5:
		return joined("SELECT a.id FROM badges a WHERE %s AND "+g.pick("", "NOT ")+"EXISTS (SELECT 1 FROM cards b WHERE b.{owner} = a.{holder} AND %s)", all, cards)
	case 6:
		return joined("SELECT a.n, COUNT(*), MAX(a.{level}) FROM badges a WHERE %s GROUP BY a.n ORDER BY a.n", all)
	}
	return joined("SELECT a.id, a.{memo}, a.{holder}, a.{city}, a.{level} FROM badges a WHERE %s ORDER BY a.id", all)
}

func (g *asker) ofCards(from, to int) question {
	all := joined("(%s) AND "+held(from, to), g.where(2, g.card))
	var q question
	switch g.IntN(5) {
	case 0:
		q = joined("SELECT count(*), SUM({years}), AVG({years}), count(DISTINCT {owner}) FROM cards WHERE %s", all)
	case 1:
		q = joined("SELECT id, n FROM cards WHERE %s ORDER BY {years}"+g.pick("", " DESC")+", id LIMIT 6", all)
	default:
		q = joined("SELECT id, n, {memo}, {owner}, {years} FROM cards WHERE %s ORDER BY id", all)
	}
	return q.of("cards")
}

func (h *hand) changeLead() error {
	memo, mail, years, tenant := h.memo(), h.mail(), h.number(), 1+h.IntN(2)
	said := tenant * h.IntN(2)
	switch h.IntN(13) {
	case 0, 1, 2, 3:
		return h.execAs(said, "INSERT INTO leads (id, tenant_id, n, memo, p_memo, mail, p_mail, years, p_years) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			h.id(), tenant, h.IntN(20), memo, memo, mail, mail, years, years)
	case 4:
		return h.execAs(said, "UPDATE leads SET memo = ?, p_memo = ?, mail = ?, p_mail = ? WHERE id = ? AND tenant_id = ?", memo, memo, mail, mail, h.id(), tenant)
	case 5:
		return h.exec("UPDATE leads SET years = ?, p_years = ? WHERE id >= ? AND id <= ?", years, years, h.id(), (h.who+1)*owned)
	case 6:
		return h.exec("UPDATE leads SET tenant_id = ? WHERE id = ?", tenant, h.id())
	case 7:
		return h.exec("UPDATE leads SET id = ?, mail = ?, p_mail = ? WHERE id = ?", h.id(), mail, mail, h.id())
	case 8:
		return h.execAs(said, "DELETE FROM leads WHERE id = ?", h.id())
	case 9, 10, 11:
		return h.trespass(tenant)
	}
	q := joined("%s⟪⟦ AND "+fmt.Sprintf("~tenant_id = %d", tenant)+"⟧⟫", h.found())
	q.tenant = tenant
	return h.those("leads", within(h.who, h.who+1), q)
}

// trespass has one tenant's context name rows of the other: they are neither shown nor written.
func (h *hand) trespass(tenant int) error {
	theirs := execute(ctx, h.on, h.SQL(same(fmt.Sprintf("SELECT id FROM leads WHERE tenant_id = %d AND p_memo IS NOT NULL AND ", 3-tenant)+within(h.who, h.who+1)).of("leads").text))
	if theirs.err != nil || len(theirs.rows) == 0 {
		return theirs.err
	}
	text := h.pick("SELECT id, memo FROM leads WHERE id = ", "SELECT memo FROM leads WHERE tenant_id > 0 AND id = ", "UPDATE leads SET memo = 'stolen', p_memo = 'stolen' WHERE id = ",
		fmt.Sprintf("UPDATE leads SET tenant_id = %d WHERE id = ", tenant)) + theirs.rows[h.IntN(len(theirs.rows))]
	r := execute(as(tenant), h.on, text)
	var scope *ormhooks.ScopeError
	if errors.As(r.err, &scope) {
		h.refused.Add(1)
		return nil
	}
	if r.err == nil {
		h.tell(fmt.Sprintf("tenant %d: %s: %d rows and %d", tenant, text, len(r.rows), r.affected))
	}
	return r.err
}

func (h *hand) changeBadge() error {
	memo, holder, city, level := h.memo(), h.person(), h.city(), h.number()
	columns := "INTO badges (id, n, memo, p_memo, holder, p_holder, city, p_city, level, p_level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	row := []any{h.id(), h.IntN(20), memo, memo, holder, holder, city, city, level, level}
	switch h.IntN(11) {
	case 0, 1, 2, 3:
		return h.exec("INSERT "+columns, row...)
	case 4:
		if h.Dialect == testdb.MySQL {
			return h.exec("INSERT "+columns+" ON DUPLICATE KEY UPDATE memo = VALUES(memo), p_memo = VALUES(p_memo), holder = VALUES(holder), p_holder = VALUES(p_holder), "+
				"city = VALUES(city), p_city = VALUES(p_city), level = VALUES(level), p_level = VALUES(p_level)", row...)
		}
		return h.exec("INSERT "+columns+" ON CONFLICT (id) DO UPDATE SET memo = excluded.memo, p_memo = excluded.p_memo, holder = excluded.holder, p_holder = excluded.p_holder, "+
			"city = excluded.city, p_city = excluded.p_city, level = excluded.level, p_level = excluded.p_level", row...)
	case 5:
		return h.exec("UPDATE badges SET city = ?, p_city = ?, level = ?, p_level = ? WHERE id = ?", city, city, level, level, h.id())
	case 6:
		return h.exec("UPDATE badges SET holder = ?, p_holder = ? WHERE id >= ? AND id <= ?", holder, holder, h.id(), (h.who+1)*owned)
	case 7:
		return h.exec("UPDATE badges SET id = ?, city = COALESCE(?, city), p_city = COALESCE(?, p_city) WHERE id = ?", h.id(), city, city, h.id())
	case 8:
		return h.exec("DELETE FROM badges WHERE id = ?", h.id())
	}
	return h.those("badges", within(h.who, h.who+1), h.where(1, h.badge))
}

func (h *hand) changeCard() error {
	memo, owner, years := h.memo(), h.person(), h.number()
	columns := "INTO cards (id, who, n, memo, p_memo, owner, p_owner, years, p_years) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
	row := []any{h.uuid(), h.who, h.IntN(20), memo, memo, owner, owner, years, years}
	switch h.IntN(10) {
	case 0, 1, 2:
		return h.exec("INSERT "+columns, row...)
	case 3:
		if h.Dialect == testdb.MySQL {
			return h.exec("INSERT "+columns+" ON DUPLICATE KEY UPDATE memo = VALUES(memo), p_memo = VALUES(p_memo), owner = VALUES(owner), p_owner = VALUES(p_owner)", row...)
		}
		return h.exec("INSERT "+columns+" ON CONFLICT (id) DO UPDATE SET memo = excluded.memo, p_memo = excluded.p_memo, owner = excluded.owner, p_owner = excluded.p_owner", row...)
	case 4:
		return h.exec("UPDATE cards SET memo = ?, p_memo = ?, years = ?, p_years = ? WHERE id = ?", memo, memo, years, years, h.uuid())
	case 5:
		return h.exec("UPDATE cards SET owner = ?, p_owner = ? WHERE n < ? AND who = ?", owner, owner, h.IntN(20), h.who)
	case 6:
		return h.exec("UPDATE cards SET id = ? WHERE id = ?", h.uuid(), h.uuid())
	case 7:
		return h.exec("DELETE FROM cards WHERE id = ?", h.uuid())
	}
	return h.those("cards", held(h.who, h.who+1), h.where(1, h.card))
}

// uuid is the key of one of the writer's cards, as the driver takes it.
func (h *hand) uuid() any {
	id := [16]byte{0: 0xce, 1: byte(h.who), 6: 0x40, 8: 0x80, 15: byte(h.IntN(owned))}
	if h.Dialect == testdb.Postgres {
		return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
	}
	return id[:]
}
