import { BadRequestException } from '@nestjs/common';
import { z } from 'zod';
import { UserName } from './session.js';

const Login = z.object({ user: UserName, remember: z.boolean() });

/** What the form sends. Any name will do: a real app checks a password. */
export function parseLogin(body: unknown): z.infer<typeof Login> {
  const login = Login.safeParse(body);
  if (!login.success) {
    throw new BadRequestException(login.error.issues[0]?.message);
  }
  return login.data;
}
