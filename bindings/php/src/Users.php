<?php

declare(strict_types=1);

namespace UserCom;

use UserCom\Internal\Handle;
use UserCom\Internal\Library;
use UserCom\Internal\Signals;

/**
 * All users, read page by page while they are iterated over, once.
 *
 * @implements \IteratorAggregate<int, User>
 */
final class Users implements \IteratorAggregate
{
    /** @internal */
    public function __construct(private readonly Handle $handle, private readonly ?Cancel $cancel)
    {
    }

    /**
     * The users that were not taken yet. Each blocks while a page is read, within two minutes: a page that fails is
     * tried again up to 8 times.
     *
     * @return \Generator<int, User>
     *
     * @throws Error if a page can't be read, or if the reading was cancelled
     */
    public function getIterator(): \Generator
    {
        $ffi = Library::get();
        $json = $ffi->new('char *');
        while (true) {
            $status = Signals::putOffDuring(
                fn (): int => $ffi->uc_users_next($this->handle->pointer, \FFI::addr($json)),
            );
            if (Signals::areExpected()) {
                pcntl_signal_dispatch(); // of signals that came meanwhile
            }
            Library::check($status);
            if (\FFI::isNull($json)) {
                return;
            }
            $user = json_decode(\FFI::string($json), true, 512, \JSON_THROW_ON_ERROR | \JSON_BIGINT_AS_STRING);
            yield new User($user['id'], $user['custom_id'], $user['email'], $user['attributes']);
        }
    }

    /**
     * From where another {@see Client::users()} can continue: the page after the one that was read last. '' at the
     * beginning, null at the end. Users of a page that were not taken yet are not in it.
     */
    public function cursor(): ?string
    {
        return Library::get()->uc_users_cursor($this->handle->pointer);
    }

    private function __clone()
    {
    }
}
