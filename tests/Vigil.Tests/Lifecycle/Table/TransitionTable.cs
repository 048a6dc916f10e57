namespace Vigil.Tests.Lifecycle.Table;

/// <summary>
/// What every input does in every situation. A line names situations, or groups of them, before the arrow; one that is named by itself is taken
/// out of its group. After the arrow stands what becomes different (<c>next</c> attempt, status, <c>/</c>submission, pending work), then the effects in
/// order. <c>-</c>: nothing. <c>keeps</c>: something that a crash may forget.
/// </summary>
internal static class TransitionTable
{
    public const string Groups = """
        nothing = none
        starting = Submitting/Queued | Submitting/Sending | Submitting/Sending, cancelling | Submitting/Sending, cancel on abandon | Submitting/Ambiguous
        retrying = Submitting/Queued, retry | Submitting/Sending, retry | Submitting/Ambiguous, retry
        live = Pending/Confirmed | Pending/Closed | Running/Confirmed | Running/Confirmed, missed | Running/Confirmed, cancelling | Running/Confirmed, cancel on abandon | Running/Closed | AwaitingInput/Confirmed | AwaitingInput/Closed
        ended = Succeeded/Confirmed | Succeeded/Closed | Failed/Confirmed | Failed/Closed | Cancelled/Confirmed | Cancelled/Closed | TimedOut/Confirmed | TimedOut/Closed | Terminated/Confirmed | Terminated/Closed
        settling = Succeeded/Confirmed, steps | Failed/Confirmed, detail | Failed/Confirmed, reminder | Failed/Confirmed, looked at
        concluded = Rejected/Closed | Rejected/Closed, retry | Rejected/Confirmed | Lost/Closed | Lost/Confirmed | Abandoned/Closed | Abandoned/Confirmed
        stopping = Abandoned/Sending, cancel | Abandoned/Ambiguous, cancel | Abandoned/Confirmed, cancel
        """;

    public const string Text = """
        # Start
        nothing => Submitting /Queued: write accepted, queue
        starting | retrying | live | ended | settling | concluded | stopping => -

        # Start of another request
        nothing => Submitting /Queued: write accepted, queue
        starting | retrying | live | ended | settling | concluded | stopping => throws key_reused

        # Adopt
        nothing => Running /Closed: write accepted, watch
        starting | retrying | live | ended | settling | concluded | stopping => -

        # Adopt of another run
        nothing => Running /Closed: write accepted, watch
        starting | retrying | live | ended | settling | concluded | stopping => throws key_reused

        # Cancel
        Submitting/Queued | Submitting/Queued, retry => Cancelled /Closed: write ended, forget
        Submitting/Sending, cancelling | Running/Confirmed, cancelling | Cancelled/Closed => -
        Running/Confirmed | Running/Confirmed, missed | Running/Confirmed, cancel on abandon => write updated, cancel
        nothing => is not asked
        starting | retrying => write
        live => write, cancel
        ended | settling | concluded | stopping => throws execution_finished

        # Abandon
        Submitting/Sending, cancelling | Submitting/Sending, cancel on abandon => Abandoned (CancelRemote): write ended, forget
        Running/Confirmed, cancelling | Running/Confirmed, cancel on abandon => Abandoned (CancelRemote): write ended, forget, cancel
        Abandoned/Closed | Abandoned/Confirmed => -
        nothing => is not asked
        starting | retrying => Abandoned /Closed: write ended, forget
        live => Abandoned: write ended, forget
        ended | settling | concluded => throws execution_finished
        stopping => -

        # Retry
        Succeeded/Confirmed | Succeeded/Closed | Cancelled/Closed | Succeeded/Confirmed, steps => throws not_retryable
        Failed/Confirmed, looked at | Rejected/Closed, retry | Rejected/Confirmed => next Submitting /Queued: write reopened, forget, queue
        nothing => is not asked
        starting | live => throws not_finished
        retrying => -
        ended => next Submitting /Queued: write reopened, forget, queue
        settling => next Submitting /Queued (None): write reopened, forget, queue
        concluded | stopping => throws not_retryable

        # Nudge
        Cancelled/Closed => -
        Rejected/Closed, retry | Rejected/Confirmed => look again
        nothing => is not asked
        starting | retrying | live | concluded | stopping => -
        ended | settling => look again

        # Claim
        Submitting/Queued | Submitting/Queued, retry => /Sending: write, send
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # Claim, again
        Submitting/Queued => /Sending: write, send
        Submitting/Sending, cancelling => Cancelled /Closed: write ended, forget
        Submitting/Ambiguous | Submitting/Ambiguous, retry => -
        Submitting/Sending, retry => write, send
        Abandoned/Sending, cancel => /Closed (None): write, forget
        nothing => is not asked
        starting => write, send
        retrying => /Sending: write, send
        live | ended | settling | concluded | stopping => -

        # Confirmed
        Submitting/Queued | Submitting/Queued, retry | Abandoned/Confirmed, cancel => -
        Submitting/Sending, cancelling => Pending /Confirmed: write started, watch, cancel
        Rejected/Closed => /Confirmed: write updated
        Lost/Closed => next Pending /Confirmed: write reopened, watch
        nothing => is not asked
        starting | retrying => Pending /Confirmed: write started, watch
        live | ended | settling | concluded => -
        stopping => /Confirmed: write updated, cancel

        # Confirmed, for an earlier claim
        Submitting/Queued | Abandoned/Confirmed, cancel => -
        Submitting/Sending, cancelling => Pending /Confirmed: write started, watch, cancel
        Rejected/Closed => /Confirmed: write updated
        Lost/Closed => next Pending /Confirmed: write reopened, watch
        nothing => is not asked
        starting => Pending /Confirmed: write started, watch
        retrying | live | ended | settling | concluded => -
        stopping => /Confirmed: write updated, cancel

        # SubmitFailed, 429
        Submitting/Queued | Abandoned/Confirmed, cancel => -
        Submitting/Sending, cancelling => Cancelled /Closed: write ended, forget
        Submitting/Ambiguous | Submitting/Ambiguous, retry => /Queued: write, forget, queue
        Submitting/Sending, retry => /Queued: write, queue
        nothing => is not asked
        starting => /Queued: write, queue
        retrying | live | ended | settling | concluded => -
        stopping => /Closed (None): write, forget

        # SubmitFailed, 400
        Submitting/Queued | Submitting/Queued, retry | Abandoned/Confirmed, cancel => -
        nothing => is not asked
        starting | retrying => Rejected /Closed: write ended, forget
        live | ended | settling | concluded => -
        stopping => /Closed (None): write, forget

        # SubmitFailed, no answer
        Submitting/Queued | Submitting/Ambiguous => -
        Submitting/Sending, retry => /Ambiguous: write, watch
        Abandoned/Sending, cancel => /Ambiguous: write, look for marker
        nothing => is not asked
        starting => /Ambiguous: write, look for marker
        retrying | live | ended | settling | concluded | stopping => -

        # SubmitFailed, for an earlier claim
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # NotSent
        Submitting/Queued | Abandoned/Confirmed, cancel => -
        Submitting/Sending, cancelling => Cancelled /Closed: write ended, forget
        Submitting/Ambiguous | Submitting/Ambiguous, retry => /Queued: write, forget, queue
        Submitting/Sending, retry => /Queued: write, queue
        nothing => is not asked
        starting => /Queued: write, queue
        retrying | live | ended | settling | concluded => -
        stopping => /Closed (None): write, forget

        # NotSent, for an earlier claim
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # MarkerNotFound
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # MarkerNotFound, late
        Submitting/Ambiguous => /Queued: write, forget, queue
        Abandoned/Ambiguous, cancel => /Closed (None): write, forget
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # MarkerNotFound, for ever
        Submitting/Ambiguous => Lost /Closed: write ended, forget
        Abandoned/Ambiguous, cancel => /Closed (None): write, forget
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # Observed, running
        Running/Confirmed | Running/Confirmed, cancelling | Running/Confirmed, cancel on abandon => -
        Running/Confirmed, missed => keeps
        Running/Closed => write updated
        nothing => is not asked
        starting | ended | settling | concluded | stopping => -
        retrying => Running /Confirmed: write started, watch
        live => Running: write updated

        # Observed, running, alone
        Running/Confirmed | Running/Confirmed, cancelling | Running/Confirmed, cancel on abandon => -
        Running/Confirmed, missed => keeps
        Running/Closed => write updated
        Failed/Confirmed, looked at => next Running /Closed: write reopened, watch
        nothing => is not asked
        starting | ended | settling | concluded | stopping => -
        retrying => Running /Confirmed: write started, watch
        live => Running: write updated

        # Observed, awaiting input
        AwaitingInput/Confirmed => -
        AwaitingInput/Closed => write updated
        nothing => is not asked
        starting | ended | settling | concluded | stopping => -
        retrying => AwaitingInput /Confirmed: write started, watch
        live => AwaitingInput: write awaiting_input

        # Observed, succeeded
        Failed/Confirmed, detail => (None): write updated, forget
        nothing => is not asked
        starting | retrying | ended | settling | concluded | stopping => -
        live => Succeeded: write ended, forget

        # Observed, before
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # Observed, another attempt
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # NotFound
        Pending/Confirmed | Pending/Closed | Running/Closed | AwaitingInput/Closed | Running/Confirmed, missed => -
        Failed/Confirmed, detail => keeps
        nothing => is not asked
        starting | retrying | ended | settling | concluded | stopping => -
        live => keeps

        # NotFound, alone
        Pending/Confirmed | Pending/Closed | Running/Closed | AwaitingInput/Closed => -
        Failed/Confirmed, detail => keeps
        nothing => is not asked
        starting | retrying | ended | settling | concluded | stopping => -
        live => keeps

        # NotFound, proven and later
        Submitting/Ambiguous, retry => keeps
        Running/Confirmed, missed => Lost (Reminder): write ended, forget, remove reminder
        Failed/Confirmed, detail => keeps
        nothing => is not asked
        starting | retrying | ended | settling | concluded | stopping => -
        live => keeps

        # NotFound, needs attention
        Pending/Confirmed | Pending/Closed | Running/Closed | AwaitingInput/Closed => -
        Failed/Confirmed, detail => keeps
        nothing => is not asked
        starting | retrying | ended | settling | concluded | stopping => -
        live => write updated

        # PollFailed
        Submitting/Ambiguous, retry => keeps
        Running/Confirmed, missed => -
        nothing => is not asked
        starting | retrying | ended | settling | concluded | stopping => -
        live => keeps

        # PollFailed, proven and later
        Submitting/Ambiguous, retry => keeps
        Running/Confirmed, missed => Lost (Reminder): write ended, forget, remove reminder
        nothing => is not asked
        starting | retrying | ended | settling | concluded | stopping => -
        live => keeps

        # PollFailed, transient
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # PollFailed, needs attention
        Submitting/Ambiguous, retry => write updated
        nothing => is not asked
        starting | retrying | ended | settling | concluded | stopping => -
        live => write updated

        # CancelAnswered
        Running/Confirmed, cancelling => keeps
        Abandoned/Confirmed, cancel => (None): write, forget
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # CancelAnswered, refused
        Running/Confirmed, cancelling => write updated
        Abandoned/Confirmed, cancel => (None): write, forget
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # CancelAnswered, transient
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # StepsAcknowledged
        Succeeded/Confirmed, steps => (None): write, forget
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # WorkDone, all of it
        Failed/Confirmed, looked at => -
        Abandoned/Confirmed, cancel => (None): write, forget
        nothing => is not asked
        starting | retrying | live | ended | concluded | stopping => -
        settling => (None): write, forget

        # WorkFailed, detail
        Failed/Confirmed, detail => (None): write, forget
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # ReminderRegistered
        Failed/Confirmed, detail => (Detail, Reminder): write, remove reminder
        Failed/Confirmed, reminder => remove reminder
        Failed/Confirmed, looked at => (Reminder): write, remove reminder
        nothing => is not asked
        starting | retrying | live => keeps
        ended | concluded => (Reminder): write, remove reminder
        settling => (Steps, Reminder): write, remove reminder
        stopping => (CancelRemote, Reminder): write, remove reminder

        # Tick
        Submitting/Ambiguous | Abandoned/Ambiguous, cancel => look for marker
        Running/Confirmed | Running/Confirmed, missed | Running/Confirmed, cancel on abandon => write updated
        nothing => is not asked
        starting | retrying | live | ended | settling | concluded | stopping => -

        # Tick, two minutes later
        Submitting/Queued => queue
        Submitting/Ambiguous | Abandoned/Ambiguous, cancel => look for marker
        Submitting/Sending, retry => /Ambiguous: write, watch
        Submitting/Ambiguous, retry | Failed/Confirmed, looked at => -
        Running/Confirmed | Running/Confirmed, missed | Running/Confirmed, cancel on abandon => write updated
        Running/Confirmed, cancelling | Abandoned/Confirmed, cancel => cancel
        Failed/Confirmed, detail => fetch detail
        Failed/Confirmed, reminder => remove reminder
        nothing => is not asked
        starting | stopping => /Ambiguous: write, look for marker
        retrying => queue
        live | ended | concluded => -
        settling => tell steps

        # Tick, at the deadline
        Submitting/Sending, cancelling | Submitting/Sending, cancel on abandon => Abandoned (CancelRemote, Reminder): write ended, forget, remove reminder
        Running/Confirmed, cancelling | Running/Confirmed, cancel on abandon => Abandoned (CancelRemote, Reminder): write ended, forget, cancel, remove reminder
        Failed/Confirmed, detail => fetch detail
        Failed/Confirmed, reminder => remove reminder
        Failed/Confirmed, looked at => -
        Abandoned/Ambiguous, cancel => look for marker
        Abandoned/Confirmed, cancel => cancel
        nothing => is not asked
        starting | retrying => Abandoned /Closed (Reminder): write ended, forget, remove reminder
        live => Abandoned (Reminder): write ended, forget, remove reminder
        ended | concluded => -
        settling => tell steps
        stopping => /Ambiguous: write, look for marker

        # Woken
        Submitting/Queued => queue
        Submitting/Ambiguous | Abandoned/Ambiguous, cancel => look for marker
        Submitting/Sending, retry | Failed/Confirmed, looked at => -
        Submitting/Ambiguous, retry => watch
        Running/Confirmed, cancelling => watch, cancel
        Failed/Confirmed, detail => fetch detail
        Failed/Confirmed, reminder => remove reminder
        Abandoned/Confirmed, cancel => cancel
        nothing => is not asked
        starting | ended | concluded | stopping => -
        retrying => queue
        live => watch
        settling => tell steps

        # Woken, claimant gone
        Submitting/Queued => queue
        Submitting/Ambiguous | Abandoned/Ambiguous, cancel => look for marker
        Submitting/Sending, retry => /Ambiguous: write, watch
        Submitting/Ambiguous, retry => watch
        Running/Confirmed, cancelling => watch, cancel
        Failed/Confirmed, detail => fetch detail
        Failed/Confirmed, reminder => remove reminder
        Failed/Confirmed, looked at => -
        Abandoned/Confirmed, cancel => cancel
        nothing => is not asked
        starting | stopping => /Ambiguous: write, look for marker
        retrying => queue
        live => watch
        ended | concluded => -
        settling => tell steps
        """;
}
