<?php

declare(strict_types=1);

namespace UserCom;

use UserCom\Internal\Handle;
use UserCom\Internal\IdList;
use UserCom\Internal\Library;

/**
 * What became of a run and of each of its ids: confirmed + rejected + unknown + notAttempted = total.
 */
final class Report implements \Stringable
{
    /** How the run ended: a constant of {@see Status}. */
    public readonly int $status;
    /** One line on how the run ended. */
    public readonly string $message;
    /** How many positions there were in the input. */
    public readonly int $total;
    /** Ids in batches that the service accepted. That does not prove that the users exist. */
    public readonly int $confirmed;
    /** Ids that the service rejected. */
    public readonly int $rejected;
    /** Ids that were sent without proof either way. */
    public readonly int $unknown;
    /** Ids that were not sent. */
    public readonly int $notAttempted;
    /** Requests that were sent; in a dry run, that would be. */
    public readonly int $requests;
    /** Ids that were read back and had the value that was sent; 0 without the option `verify`. */
    public readonly int $verified;
    /** Ids that were read back and had another value, also after some time. */
    public readonly int $mismatched;
    /** @var list<Difference> the first ten of them */
    public readonly array $mismatches;
    /** @var list<string> what else is worth knowing, such as responses of an unfamiliar shape */
    public readonly array $notes;

    private readonly ?IdList $ids;

    /** @internal */
    public function __construct(private readonly Handle $handle, IdList $ids)
    {
        $ffi = Library::get();
        $report = $handle->pointer;
        $this->status = $ffi->uc_report_status($report);
        $this->message = $ffi->uc_report_message($report);
        $this->total = $ffi->uc_report_total($report);
        $this->confirmed = $ffi->uc_report_confirmed($report);
        $this->rejected = $ffi->uc_report_rejected($report);
        $this->unknown = $ffi->uc_report_unknown($report);
        $this->notAttempted = $ffi->uc_report_not_attempted($report);
        $this->requests = $ffi->uc_report_requests($report);
        $this->verified = $ffi->uc_report_verified($report);
        $this->mismatched = $ffi->uc_report_mismatched($report);
        $json = json_decode($this->json(), true, 16, \JSON_THROW_ON_ERROR);
        $this->notes = $json['notes'];
        $this->mismatches = array_map(
            static fn (array $one): Difference
                => new Difference($one['index'], $ids->at($one['index']), $one['sent'], $one['stored']),
            $json['mismatches'],
        );
        // Only failures need the ids; without any, their memory is freed.
        $this->ids = $this->rejected + $this->unknown > 0 ? $ids : null;
    }

    /**
     * What became of the id at a position of the input, counted from 0.
     *
     * @throws \OutOfRangeException
     */
    public function state(int $position): IdState
    {
        $state = $position < 0 ? -1 : Library::get()->uc_report_state($this->handle->pointer, $position);

        return IdState::tryFrom($state)
            ?? throw new \OutOfRangeException("position $position; the run had $this->total positions, from 0");
    }

    /**
     * What became of each id, in the order of the input.
     *
     * @return list<IdState>
     */
    public function states(): array
    {
        if ($this->total === 0) {
            return [];
        }
        $ffi = Library::get();
        $bytes = $ffi->new("uint8_t[$this->total]");
        Library::check($ffi->uc_report_states($this->handle->pointer, $bytes, $this->total));
        $cases = array_map(IdState::from(...), range(0, 3));
        $states = [];
        for ($position = 0; $position < $this->total; ++$position) {
            $states[] = $cases[$bytes[$position]];
        }

        return $states;
    }

    /**
     * Every id that is rejected or unknown, in the order of the input.
     *
     * @return \Generator<int, Failure>
     */
    public function failures(): \Generator
    {
        $ffi = Library::get();
        $report = $this->handle->pointer;
        $count = $ffi->uc_report_failure_count($report);
        $index = $ffi->new('size_t');
        $httpStatus = $ffi->new('int');
        $message = $ffi->new('char *');
        for ($k = 0; $k < $count; ++$k) {
            Library::check($ffi->uc_report_failure(
                $report,
                $k,
                \FFI::addr($index),
                \FFI::addr($httpStatus),
                \FFI::addr($message),
            ));
            yield new Failure(
                $index->cdata,
                $this->ids->at($index->cdata),
                $this->state($index->cdata),
                $httpStatus->cdata === 0 ? null : $httpStatus->cdata,
                \FFI::string($message),
            );
        }
    }

    /**
     * This report, unless some ids are rejected or unknown, or `verifyStrict` found another value.
     *
     * @throws Error\PartialUpdate|Error\Mismatch
     */
    public function raiseForFailures(): self
    {
        if ($this->status !== Status::OK && $this->status !== Status::DRY_RUN) {
            throw Error::of($this->status, $this->message, $this);
        }

        return $this;
    }

    /** The report as JSON text, with the details of the first 1,000 failures. */
    public function json(): string
    {
        return Library::get()->uc_report_json($this->handle->pointer);
    }

    /** How the run ended, the numbers, the notes and the first ten failures, a line each. */
    public function __toString(): string
    {
        return Library::get()->uc_report_text($this->handle->pointer);
    }

    private function __clone()
    {
    }
}
