<?php

declare(strict_types=1);

namespace UserCom;

/** A user of the workspace. */
final class User
{
    /**
     * @param int $id User.com's own id
     * @param string|null $customId your own id
     * @param string|null $email the e-mail address
     * @param array<string, mixed> $attributes the values of the attributes that were asked for, or of all custom ones;
     *     null for what the user does not have. Objects are arrays, and integers beyond PHP's are text
     */
    public function __construct(
        public readonly int $id,
        public readonly ?string $customId,
        public readonly ?string $email,
        public readonly array $attributes,
    ) {
    }
}
