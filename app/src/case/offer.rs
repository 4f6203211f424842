//! What a case can be about: KPIs, initiatives and attributes of the plan that the tenant works on.

use rashin_domain::{
    case::content::Content,
    form::{Form, FormErrors},
    plan::PlanContent,
};
use rashin_store::TenantTx;

use crate::{initiative::leaves, web::Refusal};

pub struct Offer {
    /// (key, name)
    pub attributes: Vec<(String, String)>,
    /// KPIs and initiatives: (`kpi.{code}`, 「指標　…」)
    pub targets: Vec<(String, String)>,
}

impl Offer {
    /// Nothing without a plan to work on.
    pub async fn load(tx: &mut TenantTx) -> Result<Self, Refusal> {
        let Some(plan) = tx.current_plan().await? else { return Ok(Self { attributes: Vec::new(), targets: Vec::new() }) };
        let PlanContent { attributes, kpis, nodes, .. } = tx.plan_content(plan.id).await?;
        let leaves = leaves(&nodes);
        let kpis = kpis.into_iter().map(|kpi| (format!("kpi.{}", kpi.code), format!("指標　{}", kpi.name)));
        let initiatives = nodes.into_iter().filter(|node| leaves.contains(&node.key));
        let initiatives = initiatives.map(|node| (format!("initiative.{}", node.key), format!("取組　{}", node.title)));
        let attributes = attributes.into_iter().map(|attribute| (attribute.key, attribute.name)).collect();
        Ok(Self { attributes, targets: kpis.chain(initiatives).collect() })
    }

    /// The same for what a case names; nothing is read for one that names nothing.
    pub async fn of(tx: &mut TenantTx, content: &Content) -> Result<Self, Refusal> {
        match content.target.is_empty() && content.attributes.is_empty() {
            true => Ok(Self { attributes: Vec::new(), targets: Vec::new() }),
            false => Self::load(tx).await,
        }
    }

    pub fn parse(&self, form: &Form) -> Result<Content, FormErrors> {
        let keys = |list: &[(String, String)]| list.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
        Content::parse(form, &keys(&self.attributes), &keys(&self.targets))
    }

    /// The name of a target (`kpi.K-1`) or of an attribute (`attribute.life`); of what the plan no longer has, its key.
    pub fn named(&self, key: &str) -> String {
        let (list, own) = match key.strip_prefix("attribute.") {
            Some(attribute) => (&self.attributes, attribute),
            None => (&self.targets, key),
        };
        list.iter().find(|(known, _)| known == own).map_or_else(|| format!("{own}（いまの計画にはありません）"), |(_, name)| name.clone())
    }
}
