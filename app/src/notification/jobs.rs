//! What the worker does: finds what is due, and sends one mail to each who has something to be told.

use rashin_domain::{
    access::Role,
    ids::MemberId,
    notification::{Letterhead, digest},
};
use rashin_store::{
    TenantTx,
    jobs::{Failure, Work},
};

use crate::{approval::tell_of_waiting, card, case, meeting, training, web::App};

/// Does a job in the tenant it belongs to.
pub async fn perform(app: App, mut tx: TenantTx, work: Work) -> Result<(), Failure> {
    match work {
        Work::Remind => {
            tx.remind_all().await?;
            tell_of_waiting(&mut tx).await?;
            case::tell::daily(&mut tx).await?;
            card::tell::daily(&mut tx).await?;
            meeting::notice::daily(&mut tx).await?;
            training::proposal::tell(&mut tx).await?;
            tx.forget_notifications().await?;
            Ok(tx.commit().await?)
        }
        Work::Mail(member) => mail(&app, tx, member).await,
    }
}

/// The rows stay locked until the mail server has taken the mail: nobody else sends them meanwhile, and what it did not take
/// waits for the next attempt.
async fn mail(app: &App, mut tx: TenantTx, member: MemberId) -> Result<(), Failure> {
    let Some(unmailed) = tx.unmailed(member).await? else { return Ok(()) };
    let office = tx.holders(Role::Secretariat).await?;
    let staff_url = format!("{}/{}/staff", app.site.public_url, tx.city().slug);
    let head = Letterhead { name: &unmailed.name, city: &tx.city().name, staff_url: &staff_url, office: &office };
    if let Some(letter) = digest(&head, &unmailed.told)
        && !app.mail.send(&unmailed.email, &letter.subject, letter.body).await
    {
        // Whose mail it was stays out of the queue.
        return Err("the mail was not taken; the server's log says why".into());
    }
    tx.mailed(&unmailed.ids).await?;
    Ok(tx.commit().await?)
}
