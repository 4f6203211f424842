-- A plan's head and its nodes as the values of domain::plan: one row each instead of a statement for every list in them.
-- The invoker's rights hold: a view opens no other door to a tenant's rows.
set local role rashin_owner;

create view rashin.plan_heads with (security_invoker = true) as
select p.id as plan_id, p.kind, p.period_from, p.slug, jsonb_build_object(
    'slug', p.slug, 'kind', p.kind, 'title', p.title, 'period_from', p.period_from, 'period_until', p.period_until,
    'published', p.published, 'editor', p.editor, 'vision', p.vision, 'future_image', p.future_image, 'notice', p.notice,
    'predecessor', p.predecessor, 'source', p.source, 'grades', p.grades,
    'levels', (select coalesce(jsonb_agg(jsonb_build_object('key', l.key, 'name', l.name, 'depth', l.depth) order by l.position), '[]')
               from rashin.plan_levels l where l.tenant_id = p.tenant_id and l.plan_id = p.id),
    'phases', (select coalesce(jsonb_agg(jsonb_build_object('key', h.key, 'name', h.name, 'look', h.look) order by h.position), '[]')
               from rashin.plan_phases h where h.tenant_id = p.tenant_id and h.plan_id = p.id),
    'markers', (select coalesce(jsonb_agg(jsonb_build_object('symbol', m.symbol, 'meaning', m.meaning) order by m.position), '[]')
                from rashin.plan_markers m where m.tenant_id = p.tenant_id and m.plan_id = p.id)) as head
from rashin.plans p;

create view rashin.plan_nodes with (security_invoker = true) as
select n.plan_id, n.position, jsonb_build_object(
    'key', n.key, 'parent', n.parent_key, 'level', n.level, 'number', n.number, 'marker', n.marker, 'title', n.title,
    'description', n.description, 'status', n.status, 'gap', n.gap,
    'reading', n.reading, 'source_text', n.source_text, 'source_place', n.source_place,
    'attributes', (select coalesce(jsonb_agg(a.attribute_key order by a.position), '[]')
                   from rashin.node_attributes a where a.tenant_id = n.tenant_id and a.plan_id = n.plan_id and a.node_key = n.key),
    'notes', (select coalesce(jsonb_agg(jsonb_build_object('from_year', t.from_year, 'text', t.text, 'reading', t.reading,
                                                           'source_text', t.source_text, 'source_place', t.source_place) order by t.position), '[]')
              from rashin.node_notes t where t.tenant_id = n.tenant_id and t.plan_id = n.plan_id and t.node_key = n.key)) as node
from rashin.nodes n where not n.retired;

grant select on rashin.plan_heads, rashin.plan_nodes to rashin_tenant;

reset role;
